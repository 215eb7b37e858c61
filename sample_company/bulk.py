"""Rows by the thousand, each the likeness of one that Odoo made.

A year of a warehouse is some ten thousand done moves. Odoo makes a move in 30 to 50 ms, what would
be a quarter of an hour. So one document of each kind goes through Odoo's own methods; its rows are
read and the document is rolled back; the history is then written as copies of those rows, in which
only product, quantity, dates and links differ. Columns that an addon adds have the values that
Odoo gave them, whatever they are.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
from collections.abc import Iterator, Sequence
from typing import Any

from psycopg2 import sql
from psycopg2.extras import execute_values

#: Stands for NULL in what is copied; an empty text stays one.
NULL = r"\N"
PAGE = 2000
Row = dict[str, Any]


class _Undo(Exception):
    """Ends the savepoint of `rolled_back`."""


@contextlib.contextmanager
def rolled_back(cr) -> Iterator[None]:
    """Undo in the end whatever the block did in the database."""
    with contextlib.suppress(_Undo), cr.savepoint():
        yield
        raise _Undo


def read_row(record) -> Row:
    """The row of a record as it is in the database, without its id."""
    record.ensure_one()
    record.env.flush_all()
    query = sql.SQL("SELECT * FROM {} WHERE id = %s").format(sql.Identifier(record._table))
    record.env.cr.execute(query.as_string(record.env.cr._cnx), [record.id])
    row = record.env.cr.dictfetchone()
    del row["id"]
    return row


def reserve_ids(cr, table: str, count: int) -> list[int]:
    """Take ids, rising, for rows to be inserted."""
    cr.execute(
        "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
        [table, count],
    )
    return sorted(number for (number,) in cr.fetchall())


def insert(cr, table: str, rows: Sequence[Row]) -> None:
    """Insert rows, all with the same columns."""
    if not rows:
        return
    columns = list(rows[0])
    text = io.StringIO()
    writer = csv.writer(text)
    for row in rows:
        writer.writerow([_as_text(row[column]) for column in columns])
    text.seek(0)
    query = sql.SQL("COPY {} ({}) FROM STDIN WITH (FORMAT csv, NULL {})").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns)), sql.Literal(NULL)
    )
    cr._obj.copy_expert(query.as_string(cr._cnx), text)


def analyze(cr, *tables: str) -> None:
    """Let PostgreSQL know what tables hold now: it plans for what they held before."""
    query = sql.SQL("ANALYZE {}").format(sql.SQL(", ").join(map(sql.Identifier, tables)))
    cr.execute(query.as_string(cr._cnx))


def update(cr, table: str, column: str, values: dict[int, Any]) -> None:
    """Set one column of many rows: ``values`` by id."""
    if not values:
        return
    query = sql.SQL(
        "UPDATE {table} SET {column} = v.value FROM (VALUES %s) AS v (id, value)"
        " WHERE {table}.id = v.id"
    ).format(table=sql.Identifier(table), column=sql.Identifier(column))
    execute_values(cr._obj, query.as_string(cr._cnx), list(values.items()), page_size=PAGE)


def _as_text(value: Any) -> Any:
    if value is None:
        return NULL
    return json.dumps(value) if isinstance(value, (dict, list)) else value
