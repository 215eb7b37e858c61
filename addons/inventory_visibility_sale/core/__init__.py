"""What decides about promises, in plain Python: no import of Odoo."""
