"""docs/orders.md lists what the code signs, field by field, and what it does not."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from hansa_operator.core.order.signed_work import Work
from tests.builders import aijob
from tests.signed_jobs import UNSIGNED

DOCUMENT = Path(__file__).parents[3] / "docs" / "orders.md"


def rows(head: str) -> set[str]:
    """Return the names in the first column of the table with this heading."""
    table = re.search(rf"^\| {head} \|.*\n\|---.*\n((?:\|.*\n)+)", DOCUMENT.read_text(), re.MULTILINE)
    assert table is not None
    return {name for row in table[1].splitlines() for name in re.findall(r"`([\w.]+)`", row.split("|")[1])}


def leaves(listed: Mapping[str, Any], above: str = "") -> Iterator[str]:
    for name, value in listed.items():
        nested = isinstance(value, dict) and name not in ("files", "providerSelector")
        yield from leaves(value, f"{above}{name}.") if nested else (f"{above}{name}",)


def test_the_list_is_told_as_it_is() -> None:
    assert rows("in the list") == set(leaves(Work(aijob().spec).listed(1)))


def test_what_is_not_signed_is_told() -> None:
    assert rows("not signed") == set(UNSIGNED)
