from . import (
    sale_order,
    sale_order_line,
    sale_order_line_procurement,
    sale_order_line_promise,
    sale_order_line_sourcing,
    sale_promise_planner,
)
