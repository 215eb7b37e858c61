from . import (
    res_company,
    res_config_settings,
    sale_order,
    sale_order_line,
    sale_order_line_procurement,
    sale_order_line_promise,
    sale_order_line_sourcing,
    sale_order_line_watch,
    sale_promise_planner,
    stock_move,
    stock_rule,
)
