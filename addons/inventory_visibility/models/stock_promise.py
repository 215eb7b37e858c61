"""What can be promised: places locked, holds read, ledgers opened."""

from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

from ..core.ledger import Claim, Ledger
from ..core.projection import atp_on


class StockPromise(models.AbstractModel):
    """Reads what promises are made from, under locks, for any number of products and places.

    A *leaf* is a place that holds stock itself, named ``model,id``: a warehouse, an external place,
    or a location that is a member of a group. A group is the set of its leaves. Leaves, unlike
    records, can be sorted, and so locked in one order by everybody.
    """

    _name = "stock.promise"
    _description = "Book of Promises"

    # ------------------------------------------------------------------
    # Places
    # ------------------------------------------------------------------

    @api.model
    def _get_leaves(self, place):
        """Return the leaves that a place consists of, a frozenset of names."""
        if place._name != "stock.place.group":
            return frozenset([f"{place._name},{place.id}"])
        group = place.sudo().with_context(active_test=True)
        members = (*group.warehouse_ids, *group.location_ids, *group.external_place_ids)
        return frozenset(f"{member._name},{member.id}" for member in members)

    @api.model
    def _get_record(self, leaf):
        model, _comma, id_ = leaf.partition(",")
        return self.env[model].browse(int(id_))

    @api.model
    def _get_parents(self, leaves):
        """Return the leaf that each leaf lies in: ``{leaf: leaf}``.

        Only where a location is among them: it lies in its warehouse, and may lie in, or hold,
        others. What is promised from the inner one is promised from the outer one as well.
        """
        if not any(leaf.startswith("stock.location,") for leaf in leaves):
            return {}
        paths, outer = {}, {}
        for leaf in leaves:
            record = self._get_record(leaf).sudo()
            if record._name == "stock.location":
                paths[leaf] = outer[leaf] = record.parent_path
                record = record.warehouse_id
            if record._name == "stock.warehouse" and record:
                outer[f"stock.warehouse,{record.id}"] = record.view_location_id.parent_path
        parents = {}
        for leaf, path in (outer | paths).items():
            around = [
                (len(other_path), other.startswith("stock.location,"), other)
                for other, other_path in outer.items()
                if other != leaf and path.startswith(other_path) and self._may_hold(other, leaf)
            ]
            if around:
                parents[leaf] = max(around)[2]
        return parents

    @api.model
    def _may_hold(self, outer, inner):
        """Return whether a leaf whose location is at or above that of another one contains it.

        A warehouse within a warehouse has stock of its own; and a warehouse contains its own
        uppermost location rather than the other way round.
        """
        if outer.startswith("stock.warehouse,"):
            return inner.startswith("stock.location,")
        if inner.startswith("stock.location,"):
            return True
        warehouse = self._get_record(inner).sudo()
        return f"stock.location,{warehouse.view_location_id.id}" != outer

    @api.model
    def _get_group_claims(self, products, now):
        """Return what is held at groups: ``{product id: {group: quantity}}``.

        A group's hold may have to be delivered from any of its places, so it concerns whoever
        promises at one of them.
        """
        return self._read_group_claims(
            self.env.execute_query(self._get_group_claims_query(products, now))
        )

    @api.model
    def _get_group_claims_query(self, products, now):
        holds = self.env["stock.soft.reservation"]
        return SQL(
            """
            SELECT hold.product_id, hold.group_id, SUM(hold.quantity - hold.consumed_quantity)
              FROM (%s) AS hold
             WHERE %s AND hold.product_id IN %s AND hold.group_id IS NOT NULL
             GROUP BY hold.product_id, hold.group_id
            """,
            holds._select_rows(),
            holds._where_held(SQL.identifier("hold"), now),
            tuple(products.ids),
        )

    @api.model
    def _read_group_claims(self, rows):
        claims = defaultdict(dict)
        groups = self.env["stock.place.group"].sudo()
        for product_id, group_id, quantity in rows:
            claims[product_id][groups.browse(group_id)] = quantity
        return claims

    @api.model
    def _get_linked_leaves(self, leaves, groups):
        """Return the leaves and all that groups tie to them, over one or several groups."""
        members = [self._get_leaves(group) for group in groups]
        parents = self._get_parents(frozenset(leaves).union(*members))
        ties = [self._add_outer(group, parents) for group in members]
        linked = self._add_outer(leaves, parents)
        grown = True
        while grown:
            before = len(linked)
            for tie in ties:
                if tie & linked:
                    linked |= tie
            grown = len(linked) > before
        return linked

    @api.model
    def _add_outer(self, leaves, parents):
        """Return the leaves with all that they lie in."""
        result = set(leaves)
        for leaf in leaves:
            while leaf in parents:
                leaf = parents[leaf]
                result.add(leaf)
        return result

    # ------------------------------------------------------------------
    # Locks
    # ------------------------------------------------------------------

    @api.model
    def _lock(self, pairs):
        """Take the locks of products at leaves, until the end of the transaction.

        In a transaction that works on a snapshot (REPEATABLE READ, as Odoo's own) this fails with a
        serialization error, which Odoo answers by repeating the transaction, when somebody
        promised there after the snapshot was taken.

        :param pairs: of product id and leaf
        """
        pairs = set(pairs)
        if pairs:
            self._lock_and_read(pairs, SQL("SELECT WHERE FALSE"))

    @api.model
    def _lock_and_read(self, pairs, query):
        """Take the locks as :meth:`_lock` does, and return the rows of a query that runs after."""
        pairs = sorted(pairs)
        if len(pairs) == 1:
            query = SQL("%s; %s", self._get_lock_query(*pairs[0]), query)
        else:
            self._insert_missing(pairs)
            self._touch(self._select_for_update(pairs))
        return self.env.execute_query(query)

    @api.model
    def _touch(self, ids):
        """Change rows, so that a transaction with an older snapshot cannot lock them."""
        self.env.cr.execute(
            SQL(
                "UPDATE stock_promise_counter SET revision = (revision + 1) %% 1000000"
                " WHERE id IN %s",
                tuple(ids),
            )
        )

    @api.model
    def _insert_missing(self, pairs):
        """Make the rows of pairs that have none.

        Before any row is locked: whoever waits here for another one to make a row holds nothing
        that somebody could wait for in turn, and the locks themselves are taken in one order.
        """
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO stock_promise_counter (product_id, place, revision)
                SELECT wanted.product_id, wanted.place, 0
                  FROM (VALUES %s) AS wanted(product_id, place)
                 WHERE NOT EXISTS (
                        SELECT 1
                          FROM stock_promise_counter counter
                         WHERE counter.product_id = wanted.product_id
                           AND counter.place = wanted.place
                       )
                 ORDER BY wanted.product_id, wanted.place
                    ON CONFLICT (product_id, place) DO NOTHING
                """,
                SQL(", ").join(SQL("(%s, %s)", *pair) for pair in pairs),
            )
        )

    @api.model
    def _get_lock_query(self, product_id, place):
        """Return the statement that changes the row of a product at a leaf, or makes it.

        Inserting first would use up an id each time.
        """
        return SQL(
            """
            WITH changed AS (
                UPDATE stock_promise_counter
                   SET revision = (revision + 1) %% 1000000
                 WHERE product_id = %(product)s AND place = %(place)s
                RETURNING id
            )
            INSERT INTO stock_promise_counter (product_id, place, revision)
            SELECT %(product)s, %(place)s, 0
             WHERE NOT EXISTS (SELECT 1 FROM changed)
                ON CONFLICT (product_id, place)
                DO UPDATE SET revision = (stock_promise_counter.revision + 1) %% 1000000
            """,
            product=product_id,
            place=place,
        )

    @api.model
    def _select_for_update(self, pairs):
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM stock_promise_counter WHERE (product_id, place) IN %s"
                " ORDER BY product_id, place FOR UPDATE",
                tuple(pairs),
            )
        )
        return [id_ for (id_,) in rows]

    @api.model
    def _lock_places(self, products, places):
        """Lock products at places of any kind, with what groups tie to them.

        For transactions that work on a snapshot: what ties was read from it, and had it changed
        since, a lock would fail.

        :return: the pairs of product id and leaf that are locked
        """
        pairs = {
            (product.id, leaf)
            for product in products
            for place in places
            for leaf in self._get_leaves(place)
        }
        linked = self._get_linked_pairs(products, pairs)
        self._lock(linked)
        return linked

    @api.model
    def _get_linked_pairs(self, products, pairs, held=None):
        """Add what groups tie to pairs of product id and leaf; see :meth:`_get_linked_leaves`.

        :param held: what :meth:`_get_group_claims` returned
        """
        if held is None:
            held = self._get_group_claims(products, fields.Datetime.now())
        ruled = self._get_rule_groups(products)
        if not held and not ruled:
            return set(pairs)
        leaves = defaultdict(set)
        for product_id, leaf in pairs:
            leaves[product_id].add(leaf)
        return {
            (product.id, leaf)
            for product in products
            for leaf in self._get_linked_leaves(
                leaves[product.id], {*held.get(product.id, ()), *ruled.get(product.id, ())}
            )
        }

    # ------------------------------------------------------------------
    # Ledgers
    # ------------------------------------------------------------------

    @api.model
    def _open_ledgers(self, products, pairs, dates, claims):
        """Return what can be promised: ``{product id: Ledger}``.

        :param pairs: of product id and leaf, with all that groups tie to them
        :param dates: list of dates, ascending; None, first, stands for now
        :param claims: what :meth:`_get_group_claims` returned
        """
        scale = self._get_scale()
        leaves = defaultdict(set)
        for product_id, leaf in pairs:
            leaves[product_id].add(leaf)
        everywhere = set().union(*leaves.values())
        parents = self._get_parents(everywhere)
        capacity = self._get_capacity(products, everywhere, dates)
        ledgers = {}
        for product in products:
            own = leaves[product.id]
            ledgers[product.id] = Ledger(
                capacity={
                    leaf: [round(quantity * scale) for quantity in capacity[product.id, leaf]]
                    for leaf in own
                },
                claims=[
                    Claim(self._get_leaves(group), round(quantity * scale))
                    for group, quantity in claims.get(product.id, {}).items()
                    if self._get_leaves(group) & own
                ],
                parents={inner: outer for inner, outer in parents.items() if inner in own},
            )
        return ledgers

    @api.model
    def _get_scale(self):
        """Return how many of the smallest quantities are in one unit."""
        return 10 ** self.env["decimal.precision"].precision_get("Product Unit")

    @api.model
    def _get_capacity(self, products, leaves, dates):
        """Return what can be promised at each leaf, after what is held there.

        :return: ``{(product id, leaf): [quantity for each of the dates]}``
        """
        by_model = defaultdict(list)
        for leaf in leaves:
            by_model[leaf.partition(",")[0]].append(leaf)
        availability = self.env["stock.availability"].sudo()
        capacity = {}
        for model, names in by_model.items():
            places = self.env[model].sudo().browse(int(name.partition(",")[2]) for name in names)
            by_pair = availability._get_steps(products.sudo(), places)
            for place, leaf in zip(places, names, strict=True):
                for product in products:
                    steps = by_pair[product.id, place.id]
                    capacity[product.id, leaf] = [
                        atp_on(steps, date) if date else steps[0].atp for date in dates
                    ]
        return capacity
