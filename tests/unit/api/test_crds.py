"""The CRDs are made from the models, bounded everywhere, and explained everywhere."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from hansa_operator.api.crd import build_crd, build_crds, render
from hansa_operator.api.kinds import KINDS

CRDS = Path(__file__).parents[3] / "crds"
KINDS_LISTED = list(KINDS.values())
NAMES = [kind.name for kind in KINDS_LISTED]
# The API server takes 256 KiB where a client keeps the last applied object in an annotation.
LARGEST = 256 * 1024


def test_the_committed_crds_are_those_of_the_models() -> None:
    expected = {f"{crd['metadata']['name']}.yaml": render(crd) for crd in build_crds()}
    found = {file.name: file.read_text() for file in CRDS.iterdir()}
    assert found == expected, "run `make crds` and commit crds/"


def test_what_is_written_reads_back_the_same() -> None:
    assert [yaml.safe_load(render(crd)) for crd in build_crds()] == build_crds()


@pytest.mark.parametrize("kind", KINDS_LISTED, ids=NAMES)
def test_a_crd_is_small_and_served_as_the_kind_says(kind: Any) -> None:
    crd = build_crd(kind)
    version = crd["spec"]["versions"][0]
    assert len(json.dumps(crd)) < LARGEST
    assert kind.plural == kind.model.PLURAL
    assert crd["spec"]["names"]["categories"] == ["hansa"]
    assert "status" in version["subresources"]
    assert version["additionalPrinterColumns"]


@pytest.mark.parametrize("kind", KINDS_LISTED, ids=NAMES)
def test_each_string_list_and_map_is_bounded(kind: Any) -> None:
    loose = [path for path, node in _fields(kind) if _is_loose(node) and path not in (".apiVersion", ".kind")]
    maps = [path for path, node in _fields(kind) if "additionalProperties" in node and "maxProperties" not in node]
    assert loose + maps == []


@pytest.mark.parametrize("kind", KINDS_LISTED, ids=NAMES)
def test_each_field_is_explained_and_none_has_a_default(kind: Any) -> None:
    mute = [
        path for path, node in _fields(kind) if "description" not in node and not path.endswith((".metadata", "[]"))
    ]
    assert mute == []
    assert [path for path, node in _fields(kind) if "default" in node] == []


def _is_loose(node: dict[str, Any]) -> bool:
    limit = {"string": "maxLength", "array": "maxItems"}.get(node.get("type", ""))
    return limit is not None and limit not in node and "enum" not in node


def _fields(kind: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    schema = build_crd(kind)["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    yield from _below("", schema)


def _below(path: str, node: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, child in node.get("properties", {}).items():
        yield f"{path}.{name}", child
        yield from _below(f"{path}.{name}", child)
    for inner in ("items", "additionalProperties"):
        if isinstance(node.get(inner), dict):
            yield f"{path}[]", node[inner]
            yield from _below(f"{path}[]", node[inner])
