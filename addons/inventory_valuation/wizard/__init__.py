from . import (
    stock_valuation_ageing_compute,
    stock_valuation_at_date,
    stock_valuation_close,
    stock_valuation_reconcile,
)
