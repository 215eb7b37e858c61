"""Drivers that come to fetch parcels."""

from __future__ import annotations

from ....port import PickupSpec
from ...mapping import digits


def pickup_request(spec: PickupSpec, account: str) -> dict[str, object]:
    """Times are those of the place: the spec's moments carry its time zone."""
    place = spec.address
    return {
        "PickupCreationRequest": {
            "Request": {"TransactionReference": {"CustomerContext": "pickup"}},
            "RatePickupIndicator": "N",
            "Shipper": {
                "Account": {"AccountNumber": account, "AccountCountryCode": place.country_code}
            },
            "PickupDateInfo": {
                "PickupDate": spec.earliest.strftime("%Y%m%d"),
                "ReadyTime": spec.earliest.strftime("%H%M"),
                "CloseTime": spec.latest.strftime("%H%M"),
            },
            "PickupAddress": {
                "CompanyName": (place.company or place.name)[:27],
                "ContactName": (place.name or place.company)[:22],
                "AddressLine": [line for line in (place.street, place.street2) if line],
                "City": place.city,
                "StateProvince": place.state_code,
                "PostalCode": place.zip,
                "CountryCode": place.country_code,
                "ResidentialIndicator": "N",
                "Phone": {"Number": digits(place.phone)},
            },
            "AlternateAddressIndicator": "Y",
            "PickupPiece": [
                {
                    "ServiceCode": "001",
                    "Quantity": str(len(spec.references)),
                    "DestinationCountryCode": place.country_code,
                    "ContainerCode": "01",
                }
            ],
            "PaymentMethod": "01",
            "SpecialInstruction": spec.instructions[:57],
        }
    }
