from . import (
    test_acceptance,
    test_demand,
    test_enrolment,
    test_history,
    test_lead_time,
    test_planning,
    test_run,
    test_service,
    test_tour,
    test_vendors,
    test_warehouse_rights,
)
