from . import test_shipping_finding
