def uninstall_hook(env):
    """Remove the activities of the shipping watch, done ones too: they hold on to their types."""
    kinds = env["shipping.watch"]._get_activity_types()
    env["mail.activity"].with_context(active_test=False).search(
        [("activity_type_id", "in", kinds.ids)]
    ).unlink()
