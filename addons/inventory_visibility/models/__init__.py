from . import (
    res_company,
    res_config_settings,
    stock_availability,
    stock_availability_moves,
    stock_availability_query,
    stock_availability_row,
    stock_availability_screen,
    stock_channel,
    stock_channel_allocation,
    stock_promise_counter,
    stock_soft_reservation,
)
