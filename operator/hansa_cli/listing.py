"""Lists on the screen: a table for people, JSON or YAML for programs."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import yaml
from rich import box
from rich.markup import escape
from rich.table import Table

from hansa_cli.screen import OUT


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
    """Hold a table: headings, rows of text, and which columns are numbers."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: frozenset[str] = frozenset()
    total: tuple[str, ...] = ()


def print_listing(listing: Listing) -> None:
    """Print a table."""
    table = Table(title=listing.title or None, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in listing.headings:
        numeric = heading in listing.numbers
        table.add_column(heading, justify="right" if numeric else "left", overflow="fold", no_wrap=numeric)
    for row in listing.rows:
        table.add_row(*map(escape, row))
    if listing.total:
        table.add_section()
        table.add_row(*map(escape, listing.total), style="bold")
    OUT.print(table)


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
