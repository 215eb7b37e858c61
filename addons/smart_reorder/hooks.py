def uninstall_hook(env):
    """Remove the rules that enrolment made: without this addon they would order nothing."""
    orderpoints = env["stock.warehouse.orderpoint"].with_context(active_test=False)
    orderpoints.search([("smart_reorder_created", "=", True)]).unlink()
