from . import stock_availability_settings
