from . import test_stock_availability_expiry
