{
    "name": "Inventory Visibility: Kits",
    "summary": "Kits are available, promised and held as far as their components allow",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "license": "LGPL-3",
    "author": "Inventory Suite contributors",
    "website": "https://github.com/inventory-suite/odoo-inventory",
    "depends": ["inventory_visibility", "mrp"],
    "data": [
        "security/ir.model.access.csv",
        "views/stock_soft_reservation_views.xml",
    ],
    "auto_install": True,
}
