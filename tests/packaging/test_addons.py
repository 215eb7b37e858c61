"""Manifests and the files around them: what is listed exists, what exists is listed."""

import ast
import csv
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from lxml import etree
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
ADDONS = sorted(path.parent for path in ROOT.glob("addons/*/__manifest__.py"))
README_FRAGMENTS = ("DESCRIPTION.md", "CONFIGURE.md", "USAGE.md", "ROADMAP.md")
DATA_FOLDERS = ("data", "demo", "report", "reports", "security", "views", "wizard", "wizards")
#: Read by Odoo by their name, not by the manifest.
UNLISTED = ("data/neutralize.sql",)
#: The arrows of docs/architecture.md; anything else would tie addons together that stand alone.
ARROWS = {
    "inventory_visibility": {"stock"},
    "smart_reorder": {"inventory_visibility", "purchase_stock"},
    "shipping_connectors": {"stock_delivery"},
    "inventory_valuation": {"stock_account", "inventory_visibility"},
    "inventory_valuation_landed_costs": {"inventory_valuation", "stock_landed_costs"},
    "inventory_visibility_expiry": {"inventory_visibility", "product_expiry"},
    "inventory_visibility_mrp": {"inventory_visibility", "mrp"},
    "inventory_visibility_sale": {"inventory_visibility", "sale_stock"},
    "inventory_visibility_spreadsheet": {"inventory_visibility", "spreadsheet_dashboard"},
    "shipping_connectors_visibility": {"shipping_connectors", "inventory_visibility"},
}
#: Installed by themselves as soon as all that they depend on is.
GLUE = {
    "inventory_valuation_landed_costs",
    "inventory_visibility_expiry",
    "inventory_visibility_mrp",
    "inventory_visibility_sale",
    "inventory_visibility_spreadsheet",
    "shipping_connectors_visibility",
}

each_addon = pytest.mark.parametrize("addon", ADDONS, ids=lambda path: path.name)


@cache
def manifest(addon):
    return ast.literal_eval((addon / "__manifest__.py").read_text())


def listed(addon):
    return [*manifest(addon).get("data", []), *manifest(addon).get("demo", [])]


def xml_files(addon):
    return [path for folder in DATA_FOLDERS for path in sorted((addon / folder).rglob("*.xml"))]


@each_addon
def test_manifest_has_what_the_project_agreed_on(addon):
    found = manifest(addon)
    assert re.fullmatch(r"19\.0\.\d+\.\d+\.\d+", found["version"])
    assert found["license"] == "LGPL-3"
    assert found["author"] == "Inventory Suite contributors"
    assert found["website"].startswith("https://")
    assert found["name"]
    assert found["summary"]
    assert found["category"]
    assert found.get("installable", True)
    if found.get("auto_install"):
        # a glue addon: it joins what is there, and has nothing of its own to demonstrate
        assert addon.name in GLUE
    else:
        assert found.get("demo"), "no demo data"


@each_addon
def test_dependencies_are_the_documented_arrows(addon):
    assert set(manifest(addon)["depends"]) == ARROWS[addon.name]


@each_addon
def test_every_file_listed_exists_once(addon):
    assert not [name for name in listed(addon) if not (addon / name).is_file()]
    assert not [name for name, times in Counter(listed(addon)).items() if times > 1]


@each_addon
def test_every_data_file_is_listed(addon):
    present = {
        str(path.relative_to(addon))
        for folder in DATA_FOLDERS
        for path in (addon / folder).rglob("*")
        if path.suffix in (".xml", ".csv", ".sql")
    }
    assert present - set(listed(addon)) - set(UNLISTED) == set()


@each_addon
def test_xml_is_well_formed_and_its_ids_are_unique(addon):
    seen = Counter()
    for path in xml_files(addon):
        root = etree.parse(path).getroot()
        assert root.tag == "odoo", path
        # an id may come back with another tag or as an extension: <record> over <menuitem> is not
        for element in root.iter("record", "template", "menuitem"):
            if name := element.get("id"):
                seen[name] += 1
    assert not [name for name, times in seen.items() if times > 1]


@each_addon
def test_static_templates_are_well_formed(addon):
    for path in (addon / "static").rglob("*.xml"):
        etree.parse(path)


@each_addon
def test_csv_rows_have_all_columns(addon):
    for name in listed(addon):
        if name.endswith(".csv"):
            with (addon / name).open(newline="", encoding="utf-8") as file:
                header, *rows = csv.reader(file)
            assert rows, name
            assert not [row for row in rows if len(row) != len(header)], name


@each_addon
def test_assets_exist_and_no_source_is_left_out(addon):
    bundled = set()
    for bundle, entries in manifest(addon).get("assets", {}).items():
        for entry in entries:
            pattern = entry if isinstance(entry, str) else entry[-1]
            if not pattern.startswith(f"{addon.name}/"):
                continue
            files = list(addon.parent.glob(pattern))
            assert files, f"{bundle}: {pattern} matches nothing"
            bundled |= set(files)
    sources = {
        path
        for folder in ("src", "tests")
        for path in (addon / "static" / folder).rglob("*")
        if path.suffix in (".js", ".xml", ".scss", ".css")
    }
    assert not sources - bundled


@each_addon
def test_icon_is_large_enough_and_square(addon):
    with Image.open(addon / "static/description/icon.png") as icon:
        assert icon.format == "PNG"
        assert icon.width == icon.height >= 128


@each_addon
def test_readme_fragments_say_something(addon):
    for name in README_FRAGMENTS:
        text = (addon / "readme" / name).read_text()
        assert len(text.split()) >= 20, f"{name} is nearly empty"
        assert not re.search(r"\b(TODO|FIXME|TBD|XXX)\b", text), name


@each_addon
def test_odoos_own_runner_finds_every_test(addon):
    """pytest finds test files by itself; Odoo's runner those that tests/__init__ imports."""
    folder = addon / "tests"
    present = {path.stem for path in folder.glob("test_*.py")}
    tree = ast.parse((folder / "__init__.py").read_text())
    imported = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.level == 1
        for alias in node.names
    }
    assert present
    assert present <= imported


@each_addon
def test_every_model_has_access_rules_or_is_abstract(addon):
    """New models that can be reached need an access rule (also wizards)."""
    rules = addon / "security" / "ir.model.access.csv"
    text = rules.read_text() if rules.exists() else ""  # an addon may only extend models
    for path in addon.rglob("*.py"):
        if "tests" in path.relative_to(addon).parts:
            continue
        for name in new_models(ast.parse(path.read_text())):
            assert f"model_{name.replace('.', '_')}," in text, f"{name} ({path.name})"


def new_models(tree):
    """Names of the models that a module's classes introduce (not abstract, not extended)."""
    for node in tree.body:
        if not isinstance(node, ast.ClassDef):
            continue
        bases = {base.attr for base in node.bases if isinstance(base, ast.Attribute)}
        if not bases & {"Model", "TransientModel"}:
            continue
        values = {
            target.id: statement.value
            for statement in node.body
            if isinstance(statement, ast.Assign)
            for target in statement.targets
            if isinstance(target, ast.Name)
        }
        if "_name" in values:
            name = ast.literal_eval(values["_name"])
            inherited = ast.literal_eval(values["_inherit"]) if "_inherit" in values else []
            if name not in ([inherited] if isinstance(inherited, str) else inherited):
                yield name


def test_the_project_has_one_version():
    versions = {addon.name: manifest(addon)["version"] for addon in ADDONS}
    changelog = (ROOT / "CHANGELOG.md").read_text()
    newest = re.search(r"^## (\S+)", changelog, re.MULTILINE)[1]
    assert newest in versions.values() or newest >= max(versions.values())
    assert f'version = "{newest}"' in (ROOT / "pyproject.toml").read_text()
