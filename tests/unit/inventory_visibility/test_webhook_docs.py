"""The snippet of docs/webhooks.md does what it says, when copied from there."""

import time
from pathlib import Path

import pytest
from visibility_core import webhook

GUIDE = Path(__file__).resolve().parents[3] / "docs" / "webhooks.md"
BODY = b'{"type": "exception.opened"}'


@pytest.fixture(scope="module")
def verify():
    text = GUIDE.read_text(encoding="utf-8")
    blocks = [block.split("```", 1)[0] for block in text.split("```python\n")[1:]]
    [source] = [block for block in blocks if "def verify" in block]
    names = {}
    exec(source, names)  # what a reader would paste
    return names["verify"]


def test_genuine(verify):
    secret, previous = webhook.new_secret(), webhook.new_secret()
    headers = webhook.signed_headers([secret, previous], "msg_1", int(time.time()), BODY)
    assert verify(secret, headers, BODY)
    assert verify(previous, headers, BODY)


def test_forged(verify):
    secret = webhook.new_secret()
    now = int(time.time())
    headers = webhook.signed_headers([secret], "msg_1", now, BODY)
    assert not verify(secret, headers, BODY + b" ")
    assert not verify(webhook.new_secret(), headers, BODY)
    assert not verify(secret, {**headers, "webhook-id": "msg_2"}, BODY)
    assert not verify(secret, {**headers, "webhook-timestamp": str(now + 1)}, BODY)


def test_replayed_by_somebody_else(verify):
    secret = webhook.new_secret()
    old = int(time.time()) - 301
    assert not verify(secret, webhook.signed_headers([secret], "msg_1", old, BODY), BODY)
