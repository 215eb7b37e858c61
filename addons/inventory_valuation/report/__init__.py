from . import report_reconciliation, report_stock_valuation
