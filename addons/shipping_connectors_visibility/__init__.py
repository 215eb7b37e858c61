from . import detectors, models
from .hooks import uninstall_hook
