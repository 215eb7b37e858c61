"""Sets up and runs everything that working on the addons needs.

``bin/*`` are thin launchers: they call :mod:`devkit.bootstrap`, which makes the virtual
environment with the standard library alone and continues inside it.
"""
