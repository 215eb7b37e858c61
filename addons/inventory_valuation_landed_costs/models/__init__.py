from . import stock_landed_cost, stock_valuation_writer
