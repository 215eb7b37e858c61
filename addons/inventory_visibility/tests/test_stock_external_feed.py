"""External stock that comes in by feeds."""

import base64
from datetime import datetime
from unittest.mock import patch

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, freeze_time, new_test_user, tagged
from odoo.tools import SQL

from .test_stock_place import NOW, PlaceCommon

MORNING, NOON = "2026-03-10 06:00:00", "2026-03-10 12:00:00"


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestStockExternalFeed(PlaceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product.write({"default_code": "CHAIR", "barcode": "9521234000016"})
        cls.table, cls.lamp = cls.env["product.product"].create(
            [
                {"name": name, "default_code": name.upper(), "is_storable": True}
                for name in ("Table", "Lamp")
            ]
        )
        cls.quants = cls.env["stock.external.quant"]

    def _feed(self, rows, feed_date=MORNING, **options):
        return self.quants.with_user(self.manager).feed("NORTH", rows, feed_date, **options)

    def assertKnown(self, expected):  # noqa: N802
        """Compare what is known of the place: ``{product: (quantity, moment)}``."""
        self.env.invalidate_all()
        known = {
            quant.product_id: (quant.quantity, str(quant.feed_date))
            for quant in self.place.quant_ids
        }
        self.assertEqual(known, expected)

    def assertRefusedFeed(self, rows, message, place="NORTH", **options):  # noqa: N802
        with self.assertRaises(ValidationError) as caught:
            self.quants.with_user(self.manager).feed(place, rows, **options)
        self.assertEqual(str(caught.exception), message)
        self.assertKnown({})

    # ------------------------------------------------------------------
    # What is taken over
    # ------------------------------------------------------------------

    def test_products_are_named_in_three_ways(self):
        result = self._feed(
            [
                {"product": "9521234000016", "quantity": 5},
                {"default_code": "TABLE", "quantity": "2.5"},
                {"product": self.lamp.id, "quantity": 0},
            ]
        )
        self.assertEqual(
            result,
            {
                "place": "NORTH",
                "feed_date": MORNING,
                "received": 3,
                "created": 3,
                "updated": 0,
                "ignored_older": 0,
                "zeroed": 0,
            },
        )
        self.assertKnown(
            {self.product: (5, MORNING), self.table: (2.5, MORNING), self.lamp: (0, MORNING)}
        )
        quant = self.place.quant_ids[0]
        self.assertEqual(str(quant.received_date), NOON)
        self.assertEqual(quant.company_id, self.company)
        self.assertEqual(quant.create_uid, self.manager)
        self.assertEqual(str(self.place.last_feed_date), MORNING)
        self.assertEqual(self.place.product_count, 3)

    def test_units_are_converted_and_rounded_down(self):
        """Two dozen chairs are 24; ten grams of what is kept in dozens make no sense."""
        dozen = self.env.ref("uom.product_uom_dozen")
        dozen.active = True
        self.table.uom_id = dozen
        unit = self.env.ref("uom.product_uom_unit")
        self._feed(
            [
                {"product": "CHAIR", "quantity": 2, "unit": "DOZENS"},
                {"product": "TABLE", "quantity": 10, "unit": unit.id},
            ]
        )
        self.assertKnown({self.product: (24, MORNING), self.table: (0.83, MORNING)})

    def test_older_is_ignored_and_counted(self):
        self._feed([{"product": "CHAIR", "quantity": 5}], NOON)
        result = self._feed(
            [{"product": "CHAIR", "quantity": 9}, {"product": "LAMP", "quantity": 1}], MORNING
        )
        self.assertEqual((result["ignored_older"], result["created"]), (1, 1))
        self.assertKnown({self.product: (5, NOON), self.lamp: (1, MORNING)})
        self.assertEqual(str(self.place.last_feed_date), NOON)
        result = self._feed([{"product": "CHAIR", "quantity": 7}], NOON)
        self.assertEqual(result["updated"], 1, "as old is not older: the place corrects itself")
        self.assertKnown({self.product: (7, NOON), self.lamp: (1, MORNING)})

    def test_rows_with_moments_of_their_own(self):
        rows = [
            {"product": "CHAIR", "quantity": 5, "feed_date": "2026-03-10T08:00:00+02:00"},
            {"product": "LAMP", "quantity": 1, "feed_date": "2026-03-09"},
        ]
        self._feed(rows, None)
        self.assertKnown(
            {self.product: (5, MORNING), self.lamp: (1, "2026-03-09 00:00:00")},
        )
        self.assertEqual(str(self.place.last_feed_date), NOON)

    def test_full_feed_leaves_nothing_of_others(self):
        south = self.env["stock.external.place"].create({"name": "South", "code": "SOUTH"})
        elsewhere = self.quants.create(
            {"place_id": south.id, "product_id": self.table.id, "quantity": 4}
        )
        rows = [{"product": code, "quantity": 3} for code in ("CHAIR", "TABLE", "LAMP")]
        self._feed(rows, "2026-03-10 05:00:00")
        self._feed([{"product": "LAMP", "quantity": 8}], NOON)
        result = self._feed([{"product": "CHAIR", "quantity": 1}], MORNING, full=True)
        self.assertEqual(result["zeroed"], 1, "the table; of the lamp something newer is known")
        self.assertKnown(
            {self.product: (1, MORNING), self.table: (0, MORNING), self.lamp: (8, NOON)}
        )
        self.assertEqual(elsewhere.quantity, 4)
        result = self._feed([], NOON, full=True)
        self.assertEqual(result["zeroed"], 2)
        self.assertKnown(dict.fromkeys(self.product | self.table | self.lamp, (0, NOON)))

    # ------------------------------------------------------------------
    # What is refused
    # ------------------------------------------------------------------

    def test_every_wrong_row_is_named_and_nothing_applied(self):
        self.env["product.product"].create(
            [
                {"name": "Repair", "type": "service", "default_code": "REPAIR"},
                {"name": "Desk", "is_storable": True, "default_code": "TABLE"},
            ]
        )
        self.lamp.active = False
        self.assertRefusedFeed(
            [
                {"product": "CHAIR", "quantity": 5},
                {"product": "CHAIRS", "quantity": 5},
                {"product": "LAMP", "quantity": 5},
                {"product": "TABLE", "quantity": 5},
                {"product": "REPAIR", "quantity": 5},
                {"barcode": "9521234000016", "quantity": 6},
                {"product": "CHAIR", "quantity": -5},
                {"product": "CHAIR", "quantity": 5, "unit": "kg"},
                {"product": "CHAIR", "quantity": 5, "unit": "furlong"},
                {"product": "CHAIR", "quantity": 5, "feed_date": "2026-03-11"},
            ],
            "Row 2, product: There is no product “CHAIRS”.\n"
            "Row 3, product: “LAMP” is archived. Restore it, or leave it out.\n"
            "Row 4, product: “TABLE” names 2 products. Give the id.\n"
            "Row 5, product: The inventory of “REPAIR” is not tracked. Track it, or leave it out.\n"
            "Row 6, barcode: “9521234000016” is in row 1 already. State each product once.\n"
            "Row 7, quantity: -5 is negative. What is available is 0 or more.\n"
            "Row 8, unit: “kg” cannot be converted to Units, the unit of “CHAIR”.\n"
            "Row 9, unit: There is no unit “furlong”.\n"
            "Row 10, feed_date: 2026-03-11 00:00:00 (UTC) is in the future: it is"
            " 2026-03-10 12:00:00 now.",
        )
        self.assertFalse(self.place.last_feed_date)

    def test_wrong_arguments(self):
        rows = [{"product": "CHAIR", "quantity": 5}]
        self.assertRefusedFeed("CHAIR,5", "rows: Give a list of rows.")
        self.assertRefusedFeed(
            rows,
            "feed_date: “soon” is no moment such as 2026-03-10 14:30:00 (in UTC) or"
            " 2026-03-10T15:30:00+01:00.",
            feed_date="soon",
        )
        self.assertRefusedFeed(
            rows,
            "feed_date: 2026-03-10 13:00:00 (UTC) is in the future: it is 2026-03-10 12:00:00 now.",
            feed_date="2026-03-10 13:00:00",
        )
        for place in ("SOUTH", 2**31 - 1):
            self.assertRefusedFeed(rows, f"place: There is no external place “{place}”.", place)
        for place in (None, "", True, ["NORTH"]):
            self.assertRefusedFeed(
                rows, "place: Give the id or the code of an external place.", place
            )
        self.place.active = False
        self.assertRefusedFeed(
            rows, "place: “NORTH” is archived. Restore it to feed it.", self.place.id
        )

    def test_nothing_is_told_of_other_companies(self):
        """Their products and places are answered like those that do not exist."""
        foreign = self.env["product.product"].create(
            {
                "name": "Own",
                "default_code": "OWN",
                "is_storable": True,
                "company_id": self.other_company.id,
            }
        )
        theirs = self.env["stock.external.place"].create(
            {"name": "Theirs", "code": "THEIRS", "company_id": self.other_company.id}
        )
        for product in ("OWN", foreign.id):
            self.assertRefusedFeed(
                [{"product": product, "quantity": 1}],
                f"Row 1, product: There is no product “{product}”.",
            )
        for place in ("THEIRS", theirs.id):
            self.assertRefusedFeed([], f"place: There is no external place “{place}”.", place)
        self.manager.company_ids |= self.other_company
        both = (self.company | self.other_company).ids
        with self.assertRaisesRegex(ValidationError, "belongs to another company than the place"):
            self.quants.with_user(self.manager).with_context(allowed_company_ids=both).feed(
                "NORTH", [{"product": "OWN", "quantity": 1}]
            )

    def test_viewers_do_not_feed(self):
        for user in (self.viewer, new_test_user(self.env, "feed_employee", "base.group_user")):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.quants.with_user(user).feed("NORTH", [])

    # ------------------------------------------------------------------
    # Size
    # ------------------------------------------------------------------

    def test_number_of_queries_does_not_grow(self):
        products = self.env["product.product"].create(
            [
                {"name": f"P{number}", "default_code": f"P{number}", "is_storable": True}
                for number in range(300)
            ]
        )
        rows = [{"product": p.default_code, "quantity": 1} for p in products]
        self._feed(rows[:2])  # units and rights are known from here on

        def count(some):
            self.env.flush_all()
            before = self.cr.sql_log_count
            self._feed(some)
            return self.cr.sql_log_count - before

        few = count(rows[:2])
        self.assertEqual(count(rows), few)
        batch = "odoo.addons.inventory_visibility.models.stock_external_quant_feed.BATCH"
        with patch(batch, 100):
            self.assertEqual(count(rows), few + 2, "three batches instead of one")
        self.assertEqual(self.place.product_count, 300)

    def test_a_hundred_thousand_rows(self):
        """All of them are taken over; one that is wrong half-way, and nothing is."""
        count = 100_000
        self._copy_products(count)
        rows = [{"product": f"MANY-{number}", "quantity": 1} for number in range(1, count + 1)]
        result = self._feed(rows)
        self.assertEqual((result["received"], result["created"]), (count, count))
        for row in rows:
            row["quantity"] = 2
        rows[count // 2]["quantity"] = -2
        with self.assertRaises(ValidationError) as caught:
            self._feed(rows, NOON)
        self.assertEqual(
            str(caught.exception),
            "Row 50001, quantity: -2 is negative. What is available is 0 or more.",
        )
        [(total,)] = self.quants._read_group(
            [("place_id", "=", self.place.id)], [], ["quantity:sum"]
        )
        self.assertEqual(total, count)

    def _copy_products(self, count):
        """Copy a product many times, at once in SQL: by the ORM it takes minutes."""
        self.env.flush_all()

        def copy(table, source, changes):
            self.cr.execute(
                "SELECT column_name FROM information_schema.columns"
                " WHERE table_name = %s AND column_name <> 'id' AND is_generated = 'NEVER'",
                [table],
            )
            columns = [column for (column,) in self.cr.fetchall()]
            return SQL(
                "INSERT INTO %s (%s) SELECT %s FROM %s WHERE source.id = %s RETURNING id",
                SQL.identifier(table),
                SQL(", ").join(SQL.identifier(column) for column in columns),
                SQL(", ").join(
                    changes.get(column, SQL.identifier("source", column)) for column in columns
                ),
                SQL("%s AS source, %s", SQL.identifier(table), changes["from"]),
                source.id,
            )

        numbers = SQL("generate_series(1, %s) AS number", count)
        templates = self.env.execute_query(
            copy("product_template", self.product.product_tmpl_id, {"from": numbers})
        )
        # foreign keys are checked by scanning a table that PostgreSQL takes for a small one
        self.cr.execute("ANALYZE product_template")
        copies = SQL(
            "unnest(%s::integer[]) WITH ORDINALITY AS copy(id, number)",
            [id_ for (id_,) in templates],
        )
        self.env.execute_query(
            copy(
                "product_product",
                self.product,
                {
                    "from": copies,
                    "product_tmpl_id": SQL("copy.id"),
                    "default_code": SQL("'MANY-' || copy.number"),
                    "barcode": SQL("NULL"),
                },
            )
        )
        self.cr.execute("ANALYZE product_product")

    # ------------------------------------------------------------------
    # CSV
    # ------------------------------------------------------------------

    def _wizard(self, text, **values):
        feed = self.env["stock.external.feed"].with_user(self.manager)
        return feed.create(
            {
                "place_id": self.place.id,
                "file": base64.b64encode(text.encode()),
                "feed_date": datetime.fromisoformat(MORNING),
                **values,
            }
        )

    def test_csv(self):
        form = Form(self.env["stock.external.feed"].with_user(self.manager))
        form.place_id = self.place
        form.file = base64.b64encode("\ufeffProduct;Quantity\nCHAIR;2,5\nLAMP;1\n".encode())
        form.decimal = ","
        action = form.save().action_import()
        self.assertEqual(action["tag"], "display_notification")
        self.assertEqual(action["params"]["message"], "2 products taken over.")
        self.assertKnown({self.product: (2.5, NOON), self.lamp: (1, NOON)})

    def test_csv_with_mistakes_shows_them(self):
        wizard = self._wizard("product,quantity\nCHAIR,1\nLAMP,many\n\nSOFA,1\n")
        action = wizard.action_import()
        self.assertEqual(action["res_id"], wizard.id)
        self.assertEqual(wizard.problem_count, 2)
        self.assertRecordValues(
            wizard.problem_ids,
            [
                {
                    "row": 3,
                    "argument": "quantity",
                    "text": "“many” is no number such as 1234.5, without thousands separator and"
                    " unit.",
                },
                {"row": 5, "argument": "product", "text": "There is no product “SOFA”."},
            ],
        )
        self.assertKnown({})
        wizard.file = base64.b64encode(b"product,quantity\nCHAIR,1\n")
        wizard.full = True
        wizard.action_import()
        self.assertKnown({self.product: (1, MORNING)})

    def test_csv_that_is_cut_off(self):
        """A file that broke half-way: before the quantity, in a quoted cell, in a character."""
        for text, row in (
            (b"product,quantity\nCHAIR,1\nLAMP", 3),
            (b'product,quantity\nCHAIR,1\n"LA', 3),
            ("product,quantity\nCHAIR,1\nLÄ".encode()[:-1], 0),
        ):
            with self.subTest(text=text):
                wizard = self._wizard("", file=base64.b64encode(text))
                action = wizard.action_import()
                self.assertEqual(action["res_id"], wizard.id)
                self.assertEqual(wizard.problem_ids.mapped("row"), [row])
                self.assertKnown({})

    def test_csv_that_is_none(self):
        wizard = self._wizard("", file=base64.b64encode(b"PK\x03\x04\x00\x00"))
        wizard.action_import()
        self.assertRecordValues(
            wizard.problem_ids,
            [{"row": 0, "text": "This is no text file. Save the sheet as CSV."}],
        )
