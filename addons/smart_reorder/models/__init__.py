from . import (
    res_company,
    res_config_settings,
    smart_reorder_demand,
    smart_reorder_planner,
    smart_reorder_proposal,
    smart_reorder_proposal_acceptance,
    smart_reorder_proposal_reason,
    smart_reorder_run,
    smart_reorder_source,
    stock_rule,
    stock_warehouse_orderpoint,
)
