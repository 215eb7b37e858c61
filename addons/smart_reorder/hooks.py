def uninstall_hook(env):
    """Remove the rules that enrolment made: without this addon they would order nothing. And what
    replays that are not finished keep in attachments."""
    orderpoints = env["stock.warehouse.orderpoint"].with_context(active_test=False)
    orderpoints.search([("smart_reorder_created", "=", True)]).unlink()
    env["smart.reorder.replay"].search([])._get_parts().unlink()
