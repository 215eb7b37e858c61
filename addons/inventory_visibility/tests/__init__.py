from . import (
    test_soft_reservation,
    test_stock_availability,
    test_stock_availability_odoo,
    test_stock_availability_screen,
    test_stock_availability_security,
    test_stock_exception,
    test_stock_exception_kinds,
    test_stock_external_feed,
    test_stock_place,
    test_stock_webhook,
    test_stock_webhook_delivery,
    test_stock_webhook_threshold,
)
