from . import (
    choose_delivery_carrier,
    delivery_rate_import,
    shipping_address_check,
    shipping_invoice_import,
    shipping_pack_check,
    shipping_pack_scan,
    shipping_rate_shop,
    shipping_service_point_choice,
)
