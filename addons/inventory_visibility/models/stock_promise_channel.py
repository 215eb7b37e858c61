"""What is set aside for channels, put beside what can be promised."""

from collections import defaultdict

from odoo import api, models, tools
from odoo.tools import SQL

from ..core.allocation import Scope, choose, get_amount


class StockPromise(models.AbstractModel):
    _inherit = "stock.promise"

    # ------------------------------------------------------------------
    # Rules
    # ------------------------------------------------------------------

    @api.model
    @tools.ormcache()
    def _get_ruled_companies(self):
        """Return the ids of the companies in which something is set aside for any channel."""
        rules = self.env["stock.channel.allocation"].sudo()
        groups = rules._read_group([("channel_id.active", "=", True)], ["company_id"])
        return frozenset(company.id for (company,) in groups)

    @api.model
    def _get_rules(self, companies):
        """Return the allocations and buffers of companies."""
        rules = self.env["stock.channel.allocation"].sudo()
        ids = self._get_ruled_companies().intersection(companies.ids)
        if not ids:
            return rules
        return rules.search([("company_id", "in", ids), ("channel_id.active", "=", True)])

    @api.model
    def _get_rule_groups(self, products):
        """Return the groups for which something is set aside: ``{product id: groups}``."""
        companies = self.env["res.company"].browse(self._get_ruled_companies())
        rules = self._get_rules(companies).filtered("group_id")
        if not rules:
            return {}
        return {
            product.id: rules.filtered(
                lambda rule, product=product: rule._is_about(product)
            ).group_id
            for product in products.sudo()
        }

    # ------------------------------------------------------------------
    # Scopes
    # ------------------------------------------------------------------

    @api.model
    def _open_scopes(self, company, products, ledgers, now):
        """Return where something is set aside: ``{product id: [Scope, ...]}``."""
        records = self._get_rules(company)
        if not records:
            return {}
        rules = [record._get_rule() for record in records]
        places = {}  # name of a place or group: its leaves
        for ledger in ledgers.values():
            # a location of a warehouse is served by what is said of the warehouse
            tops = set(ledger.capacity) - set(ledger.parents)
            places.update({leaf: frozenset([leaf]) for leaf in tops})
        for group in records.group_id:
            places[f"{group._name},{group.id}"] = self._get_leaves(group)
        chosen = self._choose_rules(products, rules, places, ledgers)
        if not chosen:
            return {}
        taken = self._get_taken(products, records, places, now)
        demand = self._get_daily_demand(chosen, places)
        starts = {record.id: record.date_start for record in records}
        return {
            product_id: [
                self._open_scope(
                    ledgers[product_id],
                    places[place],
                    decided,
                    starts,
                    taken.get((product_id, place), {}),
                    demand.get((product_id, place), 0),
                )
                for place, decided in by_place.items()
            ]
            for product_id, by_place in chosen.items()
        }

    @api.model
    def _choose_rules(self, products, rules, places, ledgers):
        """Return the rules that decide: ``{product id: {place: {(channel id, kind): Rule}}}``."""
        chosen = defaultdict(dict)
        for product in products.sudo():
            path = product.categ_id.parent_path or ""  # a product may be without a category
            categories = [int(id_) for id_ in path.split("/")[-2::-1]]
            for place, leaves in places.items():
                if not leaves & set(ledgers[product.id].capacity):
                    continue
                is_group = place.startswith("stock.place.group,")
                decided = choose(rules, product.id, categories, place, is_group)
                if decided:
                    chosen[product.id][place] = decided
        return chosen

    @api.model
    def _open_scope(self, ledger, leaves, decided, starts, taken, daily_demand):
        """Return what the rules that decide at one place or group amount to.

        :param taken: ``{(channel id, start): quantity}``; start None is what is held now
        """
        scale = self._get_scale()
        now = sum(quantity for (_channel, start), quantity in taken.items() if start is None)
        base = max(ledger.total(leaves), 0) + round(now * scale)
        scope = Scope(places=leaves, gross=base)
        for (channel, kind), rule in decided.items():
            start = starts[rule.id]
            since = {key[0]: quantity for key, quantity in taken.items() if key[1] == start}
            amount = get_amount(
                rule, base + round(sum(since.values()) * scale), daily_demand, scale
            )
            if kind == "buffer":
                scope.buffers[channel] = amount
                continue
            consumed = round(since.get(channel, 0) * scale)
            scope.wanted[channel] = amount
            scope.used[channel] = consumed + round(taken.get((channel, None), 0) * scale)
            scope.gross += consumed
        return scope

    @api.model
    def _get_taken(self, products, rules, places, now):
        """Return what was promised to channels at places and in groups.

        What was promised at a place of a group was promised in the group as well.

        :param places: ``{name: leaves}``
        :return: ``{(product id, name): {(channel id or None, start): quantity}}`` where start is
            None for what is held, else what was consumed of promises made from that moment on
        """
        starts = sorted(set(rules.mapped("date_start")))
        holds = self.env["stock.soft.reservation"]
        rows = self.env.execute_query(
            SQL(
                """
                SELECT hold.product_id, hold.warehouse_id, hold.group_id, hold.external_place_id,
                       hold.channel_id, since.start,
                       SUM(CASE WHEN since.start IS NULL
                                THEN hold.quantity - hold.consumed_quantity
                                ELSE hold.consumed_quantity END)
                  FROM (%(holds)s) AS hold
                  JOIN (VALUES (NULL::timestamp), %(starts)s) AS since(start)
                    ON CASE WHEN since.start IS NULL THEN %(held)s
                            ELSE hold.consumed_quantity > 0
                             AND hold.create_date >= since.start END
                 WHERE hold.product_id IN %(products)s
                   AND (hold.state = 'held'
                        OR hold.consumed_quantity > 0 AND hold.create_date >= %(first)s)
                 GROUP BY 1, 2, 3, 4, 5, 6
                """,
                holds=holds._select_rows(),
                starts=SQL(", ").join(SQL("(%s::timestamp)", start) for start in starts),
                held=holds._where_held(SQL.identifier("hold"), now),
                products=tuple(products.ids),
                first=starts[0],
            )
        )
        taken = defaultdict(lambda: defaultdict(float))
        groups = self.env["stock.place.group"].sudo()
        for product_id, warehouse_id, group_id, external_id, channel_id, start, quantity in rows:
            if group_id:
                leaves = self._get_leaves(groups.browse(group_id))
            elif warehouse_id:
                leaves = {f"stock.warehouse,{warehouse_id}"}
            else:
                leaves = {f"stock.external.place,{external_id}"}
            for name, members in places.items():
                if leaves <= members:
                    taken[product_id, name][channel_id, start] += quantity
        return taken

    @api.model
    def _get_daily_demand(self, chosen, places):
        """Return the daily demand where a rule asks for days of cover.

        :return: ``{(product id, place): quantity a day}``; a group has that of its warehouses
        """
        wanted = {
            (product_id, place)
            for product_id, by_place in chosen.items()
            for place, decided in by_place.items()
            if any(rule.method == "days" for rule in decided.values())
        }
        if not wanted:
            return {}
        products = self.env["product.product"].sudo().browse({id_ for id_, _place in wanted})
        leaves = set().union(*(places[place] for _id, place in wanted))
        warehouses = self.env["stock.warehouse"].sudo()
        for leaf in leaves:
            if leaf.startswith("stock.warehouse,"):
                warehouses |= warehouses.browse(int(leaf.partition(",")[2]))
        availability = self.env["stock.availability"].sudo()
        figures = availability._get_availability(products, warehouses, names=["daily_demand"])
        return {
            (product_id, place): sum(
                figures[product_id, int(leaf.partition(",")[2])]["daily_demand"]
                for leaf in places[place]
                if leaf.startswith("stock.warehouse,")
            )
            for product_id, place in wanted
        }
