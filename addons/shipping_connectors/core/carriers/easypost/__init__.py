"""EasyPost: an aggregator, so one account reaches many carriers.

A shipment of EasyPost is one parcel. Rating makes a draft that costs nothing; buying is a second
call, and the same draft cannot be bought twice.
"""

from ...webhook import Webhook, verify_hmac
from ..registry import Credential, Definition
from . import mapper
from .client import CAPABILITIES, EasyPost

DEFINITION = Definition(
    code="easypost",
    name="EasyPost",
    credentials=(
        Credential(
            "api_key",
            "API Key",
            is_secret=True,
            help="EZTK… for the test environment, EZAK… for production.",
        ),
    ),
    capabilities=CAPABILITIES,
    connect=EasyPost,
    insurance_currency="USD",
    webhook=Webhook(
        verify_hmac,
        mapper.report,
        help="In EasyPost's dashboard enter address and secret of the webhook: it signs its "
        "reports with the secret (HMAC).",
    ),
)

__all__ = ["DEFINITION", "EasyPost"]
