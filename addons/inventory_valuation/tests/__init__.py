from . import (
    test_ageing,
    test_backfill,
    test_bills,
    test_companies,
    test_entries,
    test_histories,
    test_period,
    test_screen,
)
