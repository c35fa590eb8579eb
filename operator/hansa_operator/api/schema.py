"""Turn a model into a structural schema of Kubernetes."""

from collections.abc import Mapping
from typing import Any

from hansa_operator.api.model import Model
from hansa_operator.api.rules import VALIDATIONS

Schema = dict[str, Any]
# Pydantic's titles repeat the names; defaults are for reading only, since the API server must not add signed fields.
_DROPPED = ("title", "default")
_REFERENCE = "#/$defs/"


def build_schema(model: type[Model]) -> Schema:
    """Return the structural schema of a model; raises ValueError for types that Kubernetes cannot state."""
    raw = model.model_json_schema(by_alias=True)
    return _convert(raw, raw.get("$defs", {}))


def _convert(node: Mapping[str, Any], known: Mapping[str, Schema]) -> Schema:
    merged = _resolve(node, known)
    schema = {key: value for key, value in merged.items() if key not in (*_DROPPED, "$defs")}
    if "anyOf" in schema:
        raise ValueError(f"a structural schema cannot state this union: {schema}")
    if "properties" in schema:
        schema["properties"] = {name: _convert(child, known) for name, child in schema["properties"].items()}
    if "items" in schema:
        schema["items"] = _convert(schema["items"], known)
    extra = schema.pop("additionalProperties", None)
    if isinstance(extra, dict):
        schema["additionalProperties"] = _convert(extra, known)
    if schema.get("type") == "integer":
        schema["format"] = "int64"
    return schema


def _resolve(node: Mapping[str, Any], known: Mapping[str, Schema]) -> Schema:
    """Follow references and drop `null` (absent says it); what is stated further out wins, rules add up."""
    outer = {key: value for key, value in node.items() if key not in ("$ref", "anyOf")}
    if "$ref" in node:
        return _merge(_resolve(known[node["$ref"].removeprefix(_REFERENCE)], known), outer)
    if "anyOf" not in node:
        return outer
    options = [option for option in node["anyOf"] if option.get("type") != "null"]
    if len(options) == 1:
        return _merge(_resolve(options[0], known), outer)
    if {option.get("type") for option in options} == {"integer", "string"}:
        return outer
    return {**outer, "anyOf": options}


def _merge(inner: Schema, outer: Schema) -> Schema:
    merged = {**inner, **outer}
    stated = [*inner.get(VALIDATIONS, ()), *outer.get(VALIDATIONS, ())]
    return {**merged, VALIDATIONS: stated} if stated else merged
