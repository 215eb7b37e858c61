from . import test_expiring_unsold, test_stock_availability_expiry
