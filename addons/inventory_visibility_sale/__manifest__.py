{
    "name": "Inventory Visibility: Sales",
    "summary": "Where and when the quantity of an order line can be had, a promise with its"
    " reason, other warehouses in one click, and a warning when the promise breaks",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "license": "LGPL-3",
    "author": "Inventory Suite contributors",
    "website": "https://github.com/inventory-suite/odoo-inventory",
    "depends": ["inventory_visibility", "sale_stock"],
    "data": [
        "security/ir.model.access.csv",
        "security/inventory_visibility_sale_rules.xml",
        "data/ir_cron_data.xml",
        "data/stock_exception_data.xml",
        "views/sale_order_views.xml",
        "views/sale_order_line_views.xml",
        "views/res_config_settings_views.xml",
        "wizard/sale_order_line_split_views.xml",
    ],
    "assets": {
        "web.assets_backend": ["inventory_visibility_sale/static/src/**/*"],
        "web.assets_unit_tests": ["inventory_visibility_sale/static/tests/*.test.js"],
    },
    "auto_install": True,
    "uninstall_hook": "uninstall_hook",
}
