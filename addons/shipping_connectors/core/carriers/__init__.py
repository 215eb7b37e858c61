"""Carriers with an account. Each is a folder with a definition that is registered here."""

from . import registry
from .dhl_express import DEFINITION as _DHL_EXPRESS
from .easypost import DEFINITION as _EASYPOST
from .fedex import DEFINITION as _FEDEX
from .ups import DEFINITION as _UPS
from .usps import DEFINITION as _USPS

registry.register(_DHL_EXPRESS)
registry.register(_EASYPOST)
registry.register(_FEDEX)
registry.register(_UPS)
registry.register(_USPS)
