"""Every block of a search is in exactly one span, and no span is longer than what a node allows."""

from hypothesis import given
from hypothesis import strategies as st

from hansa_chain.spans import spans_of


@given(first=st.integers(0, 10_000), count=st.integers(0, 500), most=st.integers(1, 100))
def test_each_block_is_searched_once_in_order_and_in_spans_of_the_most_that_is_allowed(
    first: int, count: int, most: int
) -> None:
    spans = list(spans_of(first, first + count - 1, most))
    assert [block for start, end in spans for block in range(start, end + 1)] == list(range(first, first + count))
    assert all(0 < end - start + 1 <= most for start, end in spans)
