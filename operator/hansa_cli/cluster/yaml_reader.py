"""Read YAML as kubectl does: what looks like a date or like a number of more than 64 bits is text, addresses too."""

from collections.abc import Iterator
from typing import Any

import yaml

MOST_DEPTH = 100
"""Most levels of a document, aliases followed: whoever walks through it recurses, and files come from anywhere."""
MOST_REPEATED = 2**20
"""Most characters and nodes of a document that are there again by aliases."""
_LARGEST = 2**64
_MISFITS = (ValueError, ArithmeticError, LookupError, AttributeError, TypeError)


class _Reader(yaml.SafeLoader):
    """Construct plain data."""

    _depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        # Refused while it is composed: reading on to the end takes a time that grows with the square of the depth.
        if self._depth > MOST_DEPTH:
            raise _refusal(f"it nests more than {MOST_DEPTH} deep", _mark(parent))
        self._depth += 1
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node

    def compose_document(self) -> yaml.Node | None:
        document = super().compose_document()
        _Walk().through(document)
        return document

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)
        except _MISFITS as misfit:
            kind = node.tag.rpartition(":")[2]
            raise _refusal(f"what stands here cannot be read as {kind}", node.start_mark) from misfit


class _Walk:
    """Follow aliases through a document, and refuse one that holds itself or repeats itself without measure."""

    def __init__(self) -> None:
        self._seen = set[int]()
        self._repeated = 0

    def through(self, node: yaml.Node | None, depth: int = 0) -> None:
        if depth > MOST_DEPTH:
            raise _refusal(f"with its aliases it nests more than {MOST_DEPTH} deep, or without end", _mark(node))
        if id(node) in self._seen:
            self._repeated += 1 + (len(node.value) if isinstance(node, yaml.ScalarNode) else 0)
        if self._repeated > MOST_REPEATED:
            raise _refusal("its aliases repeat too much", _mark(node))
        self._seen.add(id(node))
        for child in _children(node):
            self.through(child, depth + 1)


def _children(node: yaml.Node | None) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        yield from (part for pair in node.value for part in pair)
    elif isinstance(node, yaml.SequenceNode):
        yield from node.value


def _mark(node: yaml.Node | None) -> yaml.Mark | None:
    return node.start_mark if node else None


def _refusal(problem: str, mark: yaml.Mark | None) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=mark)


def _read_int(reader: _Reader, node: yaml.ScalarNode) -> int | str:
    number: int = reader.construct_yaml_int(node)
    return number if abs(number) < _LARGEST else str(node.value)


def _read_text(reader: _Reader, node: yaml.ScalarNode) -> str:
    return str(reader.construct_scalar(node))


_Reader.add_constructor("tag:yaml.org,2002:int", _read_int)
_Reader.add_constructor("tag:yaml.org,2002:timestamp", _read_text)


def read_yaml(text: str | bytes) -> Iterator[Any]:
    """Yield the documents of a text; raises yaml.YAMLError for what is none."""
    # Its stubs leave it untyped.
    reader: Any = _Reader(text)
    try:
        while reader.check_data():
            yield reader.get_data()
    except _MISFITS as misfit:
        raise _refusal("before this an escape or a directive is none", reader.get_mark()) from misfit


def tell_fault(broken: yaml.YAMLError) -> str:
    """Return in one line where a text is no YAML, and why."""
    if isinstance(broken, yaml.MarkedYAMLError) and (mark := broken.problem_mark):
        why = ", ".join(filter(None, (broken.context, broken.problem)))
        return f"line {mark.line + 1}, column {mark.column + 1}: {why}"
    return " ".join(str(broken).split())
