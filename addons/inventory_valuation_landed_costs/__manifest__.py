{
    "name": "Inventory Valuation: Landed Costs",
    "summary": "Freight, duty and insurance in the valuation ledger, each with its document",
    "version": "19.0.1.0.0",
    "category": "Accounting/Accounting",
    "license": "LGPL-3",
    "author": "Inventory Suite contributors",
    "website": "https://github.com/inventory-suite/odoo-inventory",
    "depends": ["inventory_valuation", "stock_landed_costs"],
    "auto_install": True,
}
