from . import (
    mrp_bom,
    product_product,
    stock_availability,
    stock_availability_lookup,
    stock_availability_query,
    stock_soft_reservation,
    stock_soft_reservation_part,
    stock_webhook_threshold,
)
