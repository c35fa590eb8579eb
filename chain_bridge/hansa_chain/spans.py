"""Spans of blocks: what is searched for events at once, since public nodes refuse more."""

from collections.abc import Iterator

LOG_SPAN = 2_000


def spans_of(first_block: int, last_block: int, log_span: int = LOG_SPAN) -> Iterator[tuple[int, int]]:
    """Yield the first and the last block of each span of some blocks, both included."""
    for first in range(first_block, last_block + 1, log_span):
        yield first, min(first + log_span - 1, last_block)
