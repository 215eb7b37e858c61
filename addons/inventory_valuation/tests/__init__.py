from . import (
    test_ageing,
    test_backfill,
    test_bills,
    test_companies,
    test_documents,
    test_entries,
    test_histories,
    test_period,
    test_reconciliation,
    test_screen,
    test_speed,
    test_write_down,
)
