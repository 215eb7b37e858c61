from . import stock_valuation_at_date, stock_valuation_close
