from . import controllers, core, models, wizards
from .hooks import uninstall_hook
