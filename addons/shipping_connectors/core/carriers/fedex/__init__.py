"""FedEx Express and Ground: labels one by one, because FedEx cancels shipments as a whole only."""

from ..registry import Credential, Definition
from .client import CAPABILITIES, FedEx

DEFINITION = Definition(
    code="fedex",
    name="FedEx",
    credentials=(
        Credential("client_id", "API Key", help="Of a project at developer.fedex.com."),
        Credential("client_secret", "Secret Key", is_secret=True),
        Credential("account_number", "Account Number", help="Nine digits: who pays the labels."),
        Credential(
            "track_client_id",
            "Tracking API Key",
            is_required=False,
            help="FedEx gives tracking a project of its own. Without it the key above tracks.",
        ),
        Credential("track_client_secret", "Tracking Secret Key", True, is_required=False),
    ),
    capabilities=CAPABILITIES,
    connect=FedEx,
    tracking_url="https://www.fedex.com/fedextrack/?trknbr={number}",
)

__all__ = ["DEFINITION", "FedEx"]
