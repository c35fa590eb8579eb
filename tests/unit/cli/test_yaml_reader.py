"""Manifests are read as kubectl reads them."""

import pytest
import yaml

from hansa_cli.cluster.yaml_reader import read_yaml

ADDRESS = "0xA1A1a1a1A1A1A1A1A1a1a1a1a1a1A1A1a1A1a1a1"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (ADDRESS, ADDRESS),
        (f"'{ADDRESS}'", ADDRESS),
        ("2026-01-01", "2026-01-01"),
        ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"),
        ("0x10", 16),
        ("9007199254740991", 9007199254740991),
        ("'1.50'", "1.50"),
    ],
)
def test_what_looks_like_a_number_or_a_date_is_what_kubectl_takes_it_for(written: str, read: object) -> None:
    assert list(read_yaml(f"value: {written}")) == [{"value": read}]


def test_nothing_but_plain_data_is_made() -> None:
    with pytest.raises(Exception, match="could not determine a constructor"):
        list(read_yaml("!!python/object/apply:os.system [true]"))


DEEP = {
    "flows": "[" * 20_000,
    "mappings": "{a: " * 20_000,
    "blocks": "- " * 20_000 + "a",
    "a list that holds itself": "&a {kind: List, items: [*a]}",
    "a list that holds itself twice": "&a [*a, *a]",
    "a mapping that is its own key": "&a {? *a : b}",
    "depths that add up": "\n".join(["- &n0 " + "[" * 60 + "]" * 60, "- " + "[" * 60 + "*n0" + "]" * 60]),
    "aliases that multiply": "\n".join(["- &n0 x", *(f"- &n{n} [*n{n - 1}, *n{n - 1}]" for n in range(1, 40))]),
}


@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP)
def test_what_would_make_readers_recurse_without_end_is_refused_at_once(text: str) -> None:
    with pytest.raises(yaml.YAMLError, match=r"deep|repeat"):
        list(read_yaml(text))


def test_a_deep_document_and_aliases_are_read() -> None:
    assert list(read_yaml("[" * 100 + "]" * 100))
    assert list(read_yaml("- &a {x: 1}\n- *a\n- {<<: *a, y: 2}")) == [[{"x": 1}, {"x": 1}, {"x": 1, "y": 2}]]


MISFITS = (
    "x: " + "1" * 5_000,
    f"x: 1{':20' * 400}.5",
    "x: !!float abc",
    'x: !!int ""',
    "x: !!int [1]",
    "x: !!bool abc",
    "x: !!timestamp [a]",
    '"\\U00110000"',
    f"%YAML {'1' * 5_000}.1\n---\na",
)


@pytest.mark.parametrize("text", MISFITS)
def test_a_value_that_is_not_what_it_says_is_no_yaml(text: str) -> None:
    with pytest.raises(yaml.YAMLError, match="line 1"):
        list(read_yaml(text))


def test_a_date_that_is_none_is_text() -> None:
    assert list(read_yaml("x: 2001-13-45")) == [{"x": "2001-13-45"}]
