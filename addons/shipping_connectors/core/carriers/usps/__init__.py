"""USPS (apis.usps.com): labels one by one, at home and abroad, paid by an enterprise account."""

from ..registry import Credential, Definition
from .client import CAPABILITIES, USPS

DEFINITION = Definition(
    code="usps",
    name="USPS",
    credentials=(
        Credential("client_id", "Consumer Key", help="Of an app at developers.usps.com."),
        Credential("client_secret", "Consumer Secret", is_secret=True),
        Credential("crid", "Customer Registration ID (CRID)"),
        Credential("mid", "Mailer ID (MID)", help="Six or nine digits: who owns the labels."),
        Credential("manifest_mid", "Manifest MID", help="Of the electronic manifests."),
        Credential(
            "account_number",
            "Enterprise Payment Account (EPS)",
            help="Its number: who pays the labels.",
        ),
    ),
    capabilities=CAPABILITIES,
    connect=USPS,
    tracking_url="https://tools.usps.com/go/TrackConfirmAction?tLabels={number}",
    insurance_currency="USD",
)

__all__ = ["DEFINITION", "USPS"]
