"""FedEx Ground's end of the day.

Bodies and answers are as FedEx' developer portal describes the *Ground End of Day Close API*,
version 1 (schemas ``FullSchema_GEOD_PUT``, ``FullSchema_Reprint_POST`` and ``SHPCResponseVO``).
"""

import base64
from datetime import date, datetime, timezone

import pytest
from carrier_kit import Replay, loopback_fedex, shipment
from shipping_core.carriers import registry
from shipping_core.carriers.fedex import FedEx
from shipping_core.port import Label, Rejected, Retryable

DAY = date(2026, 3, 2)
GROUND, EXPRESS = "FDXG/794953535000", "FDXE/794953535111"
CLOSE = {
    "closeReqType": "GCDR",
    "accountNumber": {"value": "740561073"},
    "groundServiceCategory": "GROUND",
    "closeDate": "2026-03-02",
    "closeDocumentSpecification": {"closeDocumentTypes": ["MANIFEST"]},
}


def manifest(*parts, cycle="1003234523333204", kind="MANIFEST"):
    images = [
        {"documentPartSequenceNumber": number, "image": base64.b64encode(text).decode()}
        for number, text in parts
    ]
    return {"type": kind, "shippingCycle": cycle, "parts": images}


def answer(*documents):
    return {"transactionId": "624deea6", "output": {"closeDocuments": list(documents)}}


def connect(*answers):
    adapter = FedEx(registry.Account(loopback_fedex.CREDENTIALS))
    adapter.session = Replay(*answers)
    return adapter


def test_a_day_is_closed():
    adapter = connect(
        answer(manifest((2, b"two"), (1, b"one ")), manifest((1, b"x"), kind="OP_950"))
    )
    closed = adapter.manifest([GROUND, EXPRESS], None, DAY)
    assert adapter.session.asked == [("create", "PUT", "/ship/v1/endofday/", {"json_body": CLOSE})]
    # the numbers of Ground alone; its manifest is a text, in the order of its parts
    assert closed.numbers == ("794953535000",)
    assert closed.reference == "1003234523333204"
    assert closed.document == Label("txt", b"one two")


def test_what_was_closed_before_is_printed_again():
    adapter = connect(
        answer(), answer(manifest((1, b"morning")), manifest((1, b"noon"), cycle="7"))
    )
    closed = adapter.manifest([GROUND], None, DAY)
    _close, reprint = adapter.session.asked
    wanted = {**CLOSE, "closeReqType": "RGCDR", "reprintOption": "BY_SHIP_DATE"}
    assert reprint == ("read", "POST", "/ship/v1/endofday/", {"json_body": wanted})
    assert closed.document == Label("txt", b"morning\fnoon")
    assert closed.reference == "1003234523333204, 7"


def test_a_day_without_a_paper_is_closed():
    """What FedEx does not print again does not undo that it closed."""
    closed = connect(answer(), Retryable("busy", "busy")).manifest([GROUND], None, DAY)
    assert (closed.document, closed.reference) == (None, "2026-03-02")


def test_express_closes_itself():
    adapter = connect()
    with pytest.raises(Rejected, match="None of these parcels goes by FedEx Ground"):
        adapter.manifest([EXPRESS], None, DAY)
    with pytest.raises(Rejected):
        adapter.manifest([], None, DAY)
    assert adapter.session.asked == []


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"output": {"closeDocuments": [{"type": "MANIFEST", "parts": 7}]}},
        answer({"type": "MANIFEST", "parts": [{"image": "%"}]}),
    ],
)
def test_an_answer_that_cannot_be_read_is_asked_for_again(broken):
    with pytest.raises(Retryable, match="cannot be read"):
        connect(broken).manifest([GROUND], None, DAY)


def test_a_refusal_in_fedex_words():
    """The specification's own example of one."""
    refusal = Rejected("Ship date is invalid. (AVAILABILITY.SHIP.DATE.INVALID)", "carrier")
    with pytest.raises(Rejected, match="Ship date is invalid"):
        connect(refusal).manifest([GROUND], None, DAY)


def test_against_the_loopback_carrier(monkeypatch):
    with loopback_fedex.LoopbackFedEx() as server:
        adapter = FedEx(registry.Account(loopback_fedex.CREDENTIALS, base_url=server.url))
        monkeypatch.setattr(adapter, "_now", lambda: datetime(2026, 3, 2, 17, tzinfo=timezone.utc))
        bought = adapter.buy(shipment(service="FEDEX_GROUND"), "KEY1")
        express = adapter.buy(shipment(service="FEDEX_2_DAY"), "KEY2")
        references = [one.parcels[0].carrier_ref for one in (bought, express)]
        first = adapter.manifest(references)
        again = adapter.manifest(references)
        assert first.document.content.decode().splitlines() == [
            "GROUND MANIFEST",
            bought.parcels[0].tracking_number,
        ]
        assert again.document == first.document
        assert [one["day"] for one in server.manifests] == ["2026-03-02"]
