"""Lists on the screen: a table for people, JSON or YAML for programs."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import yaml
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from hansa_cli.screen import OUT

FOLDED = 24
"""Columns that text at the end of a table keeps when it is folded, so that it stays readable."""
GAP = "   "
"""What `box.SIMPLE_HEAD` has between two columns."""


class Format(StrEnum):
    """Choose how a list is printed."""

    TABLE = "table"
    JSON = "json"
    YAML = "yaml"


class PlainFormat(StrEnum):
    """Choose how plain data is printed."""

    YAML = "yaml"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Listing:
    """Hold a table: headings, rows of text, which columns are numbers.

    Text in the last column folds where it must. `spare` are those columns that a terminal goes without which is too
    narrow even then, the first of them first.
    """

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: frozenset[str] = frozenset()
    total: tuple[str, ...] = ()
    spare: tuple[str, ...] = ()

    @property
    def width(self) -> int:
        """Return how many columns of a terminal the table takes."""
        return 2 + sum(max(map(len, column)) + len(GAP) for column in self._columns()) - len(GAP)

    @property
    def least(self) -> int:
        """Return how many it takes when the text at its end is folded, between words."""
        if self.headings[-1] in self.numbers:
            return self.width
        last = self._columns()[-1]
        words = (len(word) for text in last for word in text.split())
        whole = max(map(len, last))
        return self.width - whole + max([min(whole, FOLDED), *words])

    def _columns(self) -> list[tuple[str, ...]]:
        return list(zip(*filter(None, (self.headings, *self.rows, self.total)), strict=True))

    def without(self, heading: str) -> "Listing":
        """Return the table without a column."""
        at = self.headings.index(heading)
        headings, total = (row[:at] + row[at + 1 :] for row in (self.headings, self.total))
        return replace(self, headings=headings, rows=tuple(row[:at] + row[at + 1 :] for row in self.rows), total=total)

    def fit(self, width: int) -> "Listing":
        """Return the table without as many of its spare columns as it takes to be that narrow."""
        if not self.spare or self.least <= width:
            return self
        first, *others = self.spare
        return replace(self.without(first), spare=tuple(others)).fit(width)


def print_listing(whole: Listing, console: Console = OUT) -> None:
    """Print a table; a terminal that is too narrow for it is told which columns it goes without."""
    listing = whole.fit(console.width) if console.is_terminal else whole
    table = Table(title=listing.title or None, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    fits = listing.least <= console.width
    for heading in listing.headings:
        numeric = heading in listing.numbers
        stays = numeric or (fits and heading != listing.headings[-1])
        table.add_column(heading, justify="right" if numeric else "left", overflow="fold", no_wrap=stays)
    for row in listing.rows:
        table.add_row(*map(escape, row))
    if listing.total:
        table.add_section()
        table.add_row(*map(escape, listing.total), style="bold")
    console.print(table)
    left_out = [heading for heading in whole.headings if heading not in listing.headings]
    if left_out:
        console.print(f"[dim]no room here for {', '.join(left_out)}[/]")


def print_objects(objects: Sequence[Mapping[str, Any]], form: Format) -> None:
    """Print objects as kubectl does: one as itself, several as a List."""
    one = len(objects) == 1
    document = objects[0] if one else {"apiVersion": "v1", "kind": "List", "items": list(objects)}
    print_document(document, form)


def print_documents(documents: Sequence[Mapping[str, Any]], form: PlainFormat) -> None:
    """Print plain data for another program: as YAML one document after the other, as JSON several as a List."""
    if form is PlainFormat.JSON:
        print_objects(documents, Format.JSON)
    else:
        text = yaml.safe_dump_all(documents, sort_keys=False, allow_unicode=True)
        OUT.out(text.removesuffix("\n"), highlight=False)


def print_document(document: object, form: Format) -> None:
    """Print plain data as JSON or YAML."""
    text = json.dumps(document, indent=2) if form is Format.JSON else yaml.safe_dump(document, sort_keys=False).rstrip()
    OUT.out(text, highlight=False)
