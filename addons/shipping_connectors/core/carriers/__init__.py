"""Carriers with an account. Each is a folder with a definition that is registered here."""

from . import registry
from .easypost import DEFINITION as _EASYPOST
from .fedex import DEFINITION as _FEDEX
from .ups import DEFINITION as _UPS

registry.register(_EASYPOST)
registry.register(_FEDEX)
registry.register(_UPS)
