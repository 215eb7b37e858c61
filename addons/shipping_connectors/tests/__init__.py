from . import (
    test_buy_labels,
    test_carrier_account,
    test_driver_page,
    test_native_carriers,
    test_parcel,
    test_rate_shipment,
    test_rate_shop,
    test_rate_table,
    test_security,
    test_send_shipping,
    test_settings,
    test_tracking_page,
)
