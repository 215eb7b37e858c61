from . import test_kit, test_kit_odoo, test_kit_reservation, test_production
