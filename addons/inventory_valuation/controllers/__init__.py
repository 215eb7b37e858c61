from . import valuation, workbook
