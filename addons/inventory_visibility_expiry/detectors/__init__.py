from . import expiring_unsold
