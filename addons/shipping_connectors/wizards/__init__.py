from . import choose_delivery_carrier, delivery_rate_import, shipping_rate_shop
