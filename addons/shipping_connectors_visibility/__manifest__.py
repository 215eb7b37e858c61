{
    "name": "Shipping Connectors: Visibility",
    "summary": "Late parcels, missing scans, unusual costs and failing carriers as exceptions",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "license": "LGPL-3",
    "author": "Inventory Suite contributors",
    "website": "https://github.com/inventory-suite/odoo-inventory",
    "depends": ["shipping_connectors", "inventory_visibility"],
    "data": ["data/stock_exception_data.xml"],
    "auto_install": True,
    "uninstall_hook": "uninstall_hook",
}
