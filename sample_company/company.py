"""The company itself: address, currency, settings, administrator and warehouses."""

from __future__ import annotations

from odoo import Command, api

from .barcodes import COMPANY_PREFIX
from .context import Build
from .geography import BRANCHES, CENTRAL

NAME = "Albion Gift Company Ltd."
TIME_ZONE = "Europe/London"


def load_chart(env):
    """Give the company its country's chart of accounts, currency, VAT and fiscal positions.

    :return: an environment as ``env``, after the installation of the country's module
    """
    company = env.company
    company.country_id = env.ref("base.uk")
    env["account.chart.template"].try_loading("uk", company, install_demo=False)
    env.transaction.reset()
    return api.Environment(env.cr, env.uid, env.context)


def set_up(build: Build) -> None:
    """Turn the database's first company into the sample company."""
    company = build.company
    company.write(
        {
            "name": NAME,
            "street": "4 Wharf Lane",
            "city": "Birmingham",
            "zip": "B7 4RL",
            "email": "office@albion-gift.example",
            "phone": "+44 121 496 0123",
            "website": "https://albion-gift.example",
            "cost_method": "average",
            "gs1_company_prefix": COMPANY_PREFIX,
        }
    )
    company.partner_id.tz = TIME_ZONE
    _set_up_settings(build)
    _set_up_users(build)
    _set_up_warehouses(build)


def _set_up_settings(build: Build) -> None:
    """Show the menus and columns of a company with several warehouses, lots and packages."""
    build.env["res.config.settings"].create(
        {
            "group_stock_multi_locations": True,
            "group_stock_adv_location": True,
            "group_stock_production_lot": True,
            "group_stock_tracking_lot": True,
            "group_lot_on_delivery_slip": True,
            "group_expiry_date_on_delivery_slip": True,
            "group_uom": True,
        }
    ).execute()


def _set_up_users(build: Build) -> None:
    """The administrator may do everything that the sample company is about."""
    env = build.env
    groups = (
        "stock.group_stock_manager",
        "purchase.group_purchase_manager",
        "sales_team.group_sale_manager",
        "account.group_account_manager",
        "account.group_account_user",
    )
    env.ref("base.user_admin").write(
        {
            "tz": TIME_ZONE,
            "group_ids": [Command.link(env.ref(name).id) for name in groups],
        }
    )


def _set_up_warehouses(build: Build) -> None:
    """The central warehouse buys; the branches are supplied by it through transit."""
    env = build.env
    central = env["stock.warehouse"].search([("company_id", "=", build.company.id)], limit=1)
    central.write({"name": "Central Warehouse", "code": CENTRAL})
    build.warehouses[CENTRAL] = central
    for sequence, branch in enumerate(BRANCHES, 20):
        partner = env["res.partner"].create(
            {
                "name": f"{NAME}, {branch.name}",
                "parent_id": build.company.partner_id.id,
                "type": "other",
                "street": branch.street,
                "city": branch.city,
                "zip": branch.zip,
                "country_id": env["res.country"].search([("code", "=", branch.country)]).id,
            }
        )
        warehouse = env["stock.warehouse"].create(
            {
                "name": branch.name,
                "code": branch.code,
                "sequence": sequence,
                "partner_id": partner.id,
                "buy_to_resupply": False,
                "resupply_wh_ids": [Command.set(central.ids)],
            }
        )
        route = warehouse.resupply_route_ids
        # whatever the branch needs comes this way, without naming the route on each product
        warehouse.route_ids = [Command.link(route.id)]
        arriving = route.rule_ids.filtered(
            lambda r, w=warehouse: r.location_dest_id == w.lot_stock_id
        )
        arriving.delay = branch.transit_days
        build.warehouses[branch.code] = warehouse
