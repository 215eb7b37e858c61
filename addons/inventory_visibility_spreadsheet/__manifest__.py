{
    "name": "Inventory Visibility: Board",
    "summary": "A spreadsheet dashboard of exceptions, money at stake and record accuracy",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "license": "LGPL-3",
    "author": "Inventory Suite contributors",
    "website": "https://github.com/inventory-suite/odoo-inventory",
    "depends": ["inventory_visibility", "spreadsheet_dashboard"],
    "data": ["data/spreadsheet_dashboard_data.xml"],
    "assets": {
        "web.assets_tests": [
            "inventory_visibility_spreadsheet/static/tests/tours/**/*",
        ],
    },
    "auto_install": True,
}
