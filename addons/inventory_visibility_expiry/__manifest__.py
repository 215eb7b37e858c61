{
    "name": "Inventory Visibility: Expiry",
    "summary": "What has expired is on hand, but blocked: it is not available and not promised",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "license": "LGPL-3",
    "author": "Inventory Suite contributors",
    "website": "https://github.com/inventory-suite/odoo-inventory",
    "depends": ["inventory_visibility", "product_expiry"],
    "data": ["data/stock_exception_data.xml"],
    "auto_install": True,
    "uninstall_hook": "uninstall_hook",
}
