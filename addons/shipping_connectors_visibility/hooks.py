from .detectors.shipping_finding import KINDS


def uninstall_hook(env):
    """Remove the kinds of exceptions that go with this addon, and what they found."""
    env["stock.exception.kind"]._remove_kinds(KINDS)
