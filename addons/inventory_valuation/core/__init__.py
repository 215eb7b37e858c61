"""What decides which entries follow, in plain typed Python: no import of Odoo."""
