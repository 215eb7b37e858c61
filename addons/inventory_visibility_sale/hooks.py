def uninstall_hook(env):
    """Remove the kind of exception that goes with this addon, and what it found."""
    env["stock.exception.kind"]._remove_kinds(["broken_promise"])
