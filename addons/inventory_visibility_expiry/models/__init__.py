from . import stock_availability, stock_availability_query
