from odoo import models


class IrUiMenu(models.Model):
    _inherit = "ir.ui.menu"

    def _load_menus_blacklist(self):
        """Who has the Inventory app finds the driver page there, without an app of its own."""
        blacklist = super()._load_menus_blacklist()
        if self.env.user.has_group("shipping_connectors.group_shipping_user"):
            menu = self.env.ref("shipping_connectors.menu_driver_root", raise_if_not_found=False)
            if menu:
                blacklist.append(menu.id)
        return blacklist
