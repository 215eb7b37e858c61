"""Carriers' own specifications as JSON schemas, where they lie beside the project."""

from functools import cache

import jsonschema
import pytest
import yaml
from carrier_kit import RECORDED

#: limits that contradict what the carriers themselves send and take
_WRONG = ("minLength", "maxLength", "pattern", "minimum", "maximum", "format", "example")


@cache
def load(carrier, name):
    path = RECORDED / carrier / name
    if not path.is_file():
        pytest.skip(f"needs the specification ../shared/carriers/{carrier}/{name}")
    # some have tabs, which YAML does not allow
    return yaml.safe_load(path.read_text().replace("\t", "    "))


def _clean(node, drop_required=()):
    if isinstance(node, list):
        return [_clean(one, drop_required) for one in node]
    if not isinstance(node, dict):
        return node
    cleaned = {}
    for key, value in node.items():
        if key in _WRONG and not isinstance(value, dict):
            continue
        if key == "required" and isinstance(value, list):
            value = [name for name in value if name not in drop_required]
            if not value:
                continue
        cleaned[key] = _clean(value, drop_required)
    # what the specification does not know is a spelling mistake of ours, unless it demands
    # itself what it does not describe
    known = cleaned.get("properties")
    if cleaned.get("type") == "object" and known and set(cleaned.get("required", ())) <= set(known):
        cleaned.setdefault("additionalProperties", False)
    return cleaned


def validate(carrier, name, path, body, method="post", drop_required=()):
    """:raises jsonschema.ValidationError: when the body is not what the specification says"""
    spec = load(carrier, name)
    [schema] = [
        one["schema"] for one in spec["paths"][path][method]["requestBody"]["content"].values()
    ]
    components = {"schemas": _clean(spec["components"]["schemas"], drop_required)}
    jsonschema.validate(body, {**_clean(schema), "components": components})
