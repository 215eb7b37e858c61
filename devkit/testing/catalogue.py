"""What a database consists of, as comparable sets: tables, columns, records that modules bring.

Two catalogues are compared: before an addon was installed, and after it was uninstalled. What is
in the second only was left behind; what is in the first only was taken along.
"""

from __future__ import annotations

from dataclasses import dataclass

from psycopg2 import sql

from .. import databases
from ..environment import Environment

#: Statements that give one text for each object of a kind.
SCHEMA = {
    "table": """
        SELECT relkind::text || ' ' || relname FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'm', 'S', 'p')""",
    "column": """
        SELECT c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
            || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'm', 'p')
            AND a.attnum > 0 AND NOT a.attisdropped""",
    "constraint": """
        SELECT conrelid::regclass::text || ' ' || conname || ' ' || pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace""",
    "index": "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "trigger": """
        SELECT tgrelid::regclass::text || ' ' || pg_get_triggerdef(oid) FROM pg_trigger
        WHERE NOT tgisinternal""",
    "function": """
        SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace""",
}

RECORDS = {
    # Two kinds are Odoo's own business. The list of modules grows when it is read anew. And the
    # values of a selection that a model inherits (say, from mail.thread) are registered for the
    # module that declares the selection: the values go with the model, their identifiers go when
    # that module is updated next. Only such as point to nothing are left out here.
    "external identifier": """
        SELECT module || '.' || name || ' ' || model FROM ir_model_data d
        WHERE model NOT IN ('ir.module.module', 'ir.module.category')
            AND NOT (model = 'ir.model.fields.selection'
                AND NOT EXISTS (SELECT FROM ir_model_fields_selection s WHERE s.id = d.res_id))
            AND NOT (model = 'ir.model.inherit'
                AND NOT EXISTS (SELECT FROM ir_model_inherit i WHERE i.id = d.res_id))""",
    "model": "SELECT model FROM ir_model",
    "field": """
        SELECT model || '.' || name || ' ' || ttype || CASE WHEN store THEN ' stored' ELSE '' END
        FROM ir_model_fields""",
    "selection value": """
        SELECT f.model || '.' || f.name || ' ' || s.value
        FROM ir_model_fields_selection s JOIN ir_model_fields f ON f.id = s.field_id""",
    # Odoo keeps its note of a foreign key that went with its column
    "model constraint": """
        SELECT name FROM ir_model_constraint n
        WHERE type <> 'f' OR EXISTS (SELECT FROM pg_constraint c WHERE c.conname = n.name)""",
    "model relation": "SELECT name FROM ir_model_relation",
    "view": "SELECT name || ' of ' || COALESCE(model, key, '') FROM ir_ui_view",
    "menu": "SELECT id::text || ' ' || (name->>'en_US') FROM ir_ui_menu",
    "action": "SELECT type || ' ' || (name->>'en_US') FROM ir_actions",
    "scheduled action": """
        SELECT cron_name || CASE WHEN active THEN '' ELSE ' (inactive)' END FROM ir_cron""",
    "group": "SELECT name->>'en_US' FROM res_groups",
    "privilege": "SELECT name->>'en_US' FROM res_groups_privilege",
    "access right": "SELECT name FROM ir_model_access",
    "record rule": "SELECT name FROM ir_rule",
    "sequence": "SELECT name || ' ' || COALESCE(code, '') FROM ir_sequence",
    "parameter": "SELECT key FROM ir_config_parameter",
    "default": """
        SELECT f.model || '.' || f.name || ' ' || d.json_value
        FROM ir_default d JOIN ir_model_fields f ON f.id = d.field_id""",
    "asset": "SELECT name FROM ir_asset",
}

#: Tables in which Odoo itself writes while modules come and go, and why that is no residue.
CHANGING_TABLES = {
    "ir_module_module": "the list of modules on the addons path",
    "ir_module_module_dependency": "the same",
    "ir_module_module_exclusion": "the same",
    "ir_module_category": "categories that manifests name are kept with the list",
    "ir_attachment": "bundles of assets are made anew; counted below without them",
    "ir_model_data": "compared by name above",
    "ir_model_constraint": "the same",
    "ir_logging": "the log",
    "bus_bus": "messages to open browsers",
    "ir_cron_trigger": "scheduled actions that are due",
    "ir_cron_progress": "their progress",
    "ir_profile": "profiling",
    "res_users_log": "logins",
    "res_device_log": "logins",
    "mail_presence": "who is online",
}


@dataclass(frozen=True)
class Catalogue:
    """Names of all objects by kind, and how many rows each table has."""

    objects: dict[str, frozenset[str]]
    rows: dict[str, int]


def read(env: Environment, database: str) -> Catalogue:
    with databases.connect(env, database) as connection, connection.cursor() as cursor:

        def values(statement) -> list:
            cursor.execute(statement)
            return [row[0] for row in cursor.fetchall()]

        objects = {
            kind: frozenset(values(statement)) for kind, statement in (SCHEMA | RECORDS).items()
        }
        rows = {}
        tables = values(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " AND relkind IN ('r', 'p') ORDER BY relname"
        )
        for table in tables:
            # `bus_bus` and Odoo's signalling tables grow with every process
            if table in CHANGING_TABLES or table.startswith("orm_signaling_"):
                continue
            counted = sql.SQL("SELECT COUNT(*) FROM {}").format(sql.Identifier(table))
            rows[table] = values(counted)[0]
        rows["ir_attachment (not assets)"] = values(
            "SELECT COUNT(*) FROM ir_attachment WHERE url IS NULL OR url NOT LIKE '/web/assets/%'"
        )[0]
    return Catalogue(objects, rows)


def differences(before: Catalogue, after: Catalogue) -> list[str]:
    """What was left behind (``+``) and what was taken along (``-``), one line each."""
    lines = []
    for kind, old in before.objects.items():
        new = after.objects[kind]
        lines += [f"+ {kind}: {name}" for name in sorted(new - old)]
        lines += [f"- {kind}: {name}" for name in sorted(old - new)]
    for table in sorted(before.rows.keys() & after.rows.keys()):
        if before.rows[table] != after.rows[table]:
            lines.append(f"~ rows of {table}: {before.rows[table]} → {after.rows[table]}")
    return lines
