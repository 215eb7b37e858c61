"""DHL Express (MyDHL API): one waybill for all parcels; a label that is not used costs nothing."""

from ..registry import Credential, Definition
from .client import CAPABILITIES, DHLExpress

DEFINITION = Definition(
    code="dhl_express",
    name="DHL Express",
    credentials=(
        Credential("api_key", "API Key", help="Of an app at developer.dhl.com (MyDHL API)."),
        Credential("api_secret", "API Secret", is_secret=True),
        Credential("account_number", "Account Number", help="Nine digits: who pays the shipments."),
        Credential(
            "locator_key",
            "Service Point Key",
            is_secret=True,
            is_required=False,
            help="For service points, where DHL gave your account a key of their own.",
        ),
    ),
    capabilities=CAPABILITIES,
    connect=DHLExpress,
    tracking_url="https://www.dhl.com/en/express/tracking.html?AWB={number}",
    bills_used_only=True,
)

__all__ = ["DEFINITION", "DHLExpress"]
