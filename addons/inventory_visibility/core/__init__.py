"""What decides, without Odoo: plain typed Python, tested in `tests/unit/inventory_visibility`."""
