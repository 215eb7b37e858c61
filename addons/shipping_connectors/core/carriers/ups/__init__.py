"""UPS: a shipment of several packages is one purchase; rates are the account's own."""

from ..registry import Credential, Definition
from .client import CAPABILITIES, UPS

DEFINITION = Definition(
    code="ups",
    name="UPS",
    credentials=(
        Credential("client_id", "Client ID", help="Of an app at developer.ups.com."),
        Credential("client_secret", "Client Secret", is_secret=True),
        Credential(
            "account_number", "Account Number", help="Six letters and digits: who pays the labels."
        ),
    ),
    capabilities=CAPABILITIES,
    connect=UPS,
    tracking_url="https://www.ups.com/track?tracknum={number}",
)

__all__ = ["DEFINITION", "UPS"]
