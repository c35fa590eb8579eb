"""Read YAML as kubectl does: what looks like a date or like a number of more than 64 bits is text, addresses too."""

from collections.abc import Iterator
from typing import Any

import yaml

_LARGEST = 2**64


class _Reader(yaml.SafeLoader):
    """Construct plain data."""


def _read_int(reader: _Reader, node: yaml.ScalarNode) -> int | str:
    number: int = reader.construct_yaml_int(node)
    return number if abs(number) < _LARGEST else str(node.value)


def _read_text(reader: _Reader, node: yaml.ScalarNode) -> str:
    return str(node.value)


_Reader.add_constructor("tag:yaml.org,2002:int", _read_int)
_Reader.add_constructor("tag:yaml.org,2002:timestamp", _read_text)


def read_yaml(text: str) -> Iterator[Any]:
    """Yield the documents of a text; raises yaml.YAMLError for what is none."""
    yield from yaml.load_all(text, _Reader)
