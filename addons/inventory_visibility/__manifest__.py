{
    "name": "Inventory Visibility",
    "summary": "On hand, reserved, incoming, in transit, available to promise and days of cover,"
    " for every product in every warehouse",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "license": "LGPL-3",
    "author": "Inventory Suite contributors",
    "website": "https://github.com/inventory-suite/odoo-inventory",
    "depends": ["stock"],
    "data": [
        "security/inventory_visibility_groups.xml",
        "security/ir.model.access.csv",
        "security/inventory_visibility_rules.xml",
        "security/inventory_visibility_warehouse_rules.xml",
        "views/stock_availability_views.xml",
        "views/stock_soft_reservation_views.xml",
        "views/stock_channel_views.xml",
        "views/stock_external_quant_views.xml",
        "views/stock_external_place_views.xml",
        "views/stock_place_group_views.xml",
        "views/stock_safety_stock_views.xml",
        "views/res_users_views.xml",
        "views/res_config_settings_views.xml",
        "wizard/stock_availability_settings_views.xml",
        "views/inventory_visibility_menus.xml",
    ],
    "assets": {
        "web.assets_tests": [
            "inventory_visibility/static/tests/tours/**/*",
        ],
    },
    "demo": ["demo/inventory_visibility_demo.xml"],
}
