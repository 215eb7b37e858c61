from . import test_spreadsheet_dashboard
