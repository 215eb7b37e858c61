"""Carriers' own specifications as JSON schemas, where they lie beside the project."""

import json
from functools import cache

import jsonschema
import pytest
import yaml
from carrier_kit import RECORDED

#: limits that contradict what the carriers themselves send and take
_WRONG = (
    *("minLength", "maxLength", "pattern", "minimum", "maximum", "format", "example"),
    *("exclusiveMinimum", "exclusiveMaximum"),
)


@cache
def load(carrier, name):
    path = RECORDED / carrier / name
    if not path.is_file():
        pytest.skip(f"needs the specification ../shared/carriers/{carrier}/{name}")
    if path.suffix == ".json":
        return json.loads(path.read_text())
    # some have tabs, which YAML does not allow
    return yaml.safe_load(path.read_text().replace("\t", "    "))


def _follow(node, schemas):
    while "$ref" in node:
        node = schemas[node["$ref"].rpartition("/")[2]]
    return _merge(node, schemas) if "allOf" in node else node


def _merge(node, schemas):
    """The parts of an ``allOf`` as one object: each alone would refuse what the others name."""
    merged = {key: value for key, value in node.items() if key != "allOf"}
    for part in node["allOf"]:
        for key, value in _follow(part, schemas).items():
            if key == "properties":
                merged[key] = {**merged.get(key, {}), **value}
            elif key == "required":
                merged[key] = [*merged.get(key, ()), *value]
            elif key in ("oneOf", "anyOf") and key in merged:
                merged[key] = [*merged[key], *value]
            else:
                merged.setdefault(key, value)
    return merged


def _clean(node, drop_required, schemas):
    if isinstance(node, list):
        return [_clean(one, drop_required, schemas) for one in node]
    if not isinstance(node, dict):
        return node
    if isinstance(node.get("allOf"), list):
        node = _merge(node, schemas)
    cleaned = {}
    for key, value in node.items():
        if key in _WRONG and not isinstance(value, dict):
            continue
        # the alternatives of these files overlap
        name = "anyOf" if key == "oneOf" and isinstance(value, list) else key
        cleaned[name] = _clean(value, drop_required, schemas)
    demanded = cleaned.get("required")
    if not isinstance(demanded, dict | None):
        # a truth value stands with the child where the parent should have a list
        names = demanded if isinstance(demanded, list) else ()
        cleaned["required"] = [name for name in names if name not in drop_required]
    # what the specification does not know is a spelling mistake of ours, unless it demands
    # itself what it does not describe
    known = cleaned.get("properties")
    is_open = cleaned.get("type") == "object" and cleaned.get("additionalProperties", True) is True
    if is_open and known and set(cleaned.get("required", ())) <= set(known):
        cleaned["additionalProperties"] = False
    return cleaned


def validate(carrier, name, path, body, method="post", drop_required=()):
    """:raises jsonschema.ValidationError: when the body is not what the specification says"""
    spec = load(carrier, name)
    asked = spec["paths"][path][method]["requestBody"]
    if "$ref" in asked:
        asked = spec["components"]["requestBodies"][asked["$ref"].rpartition("/")[2]]
    schema = next(iter(asked["content"].values()))["schema"]
    components = _components(carrier, name, tuple(drop_required))
    schemas = spec["components"]["schemas"]
    jsonschema.validate(body, {**_clean(schema, drop_required, schemas), "components": components})


@cache
def _components(carrier, name, drop_required):
    schemas = load(carrier, name)["components"]["schemas"]
    return {"schemas": _clean(schemas, drop_required, schemas)}


def example(carrier, name, title):
    """An answer that the specification gives as an example."""
    return load(carrier, name)["components"]["examples"][title]["value"]
