"""Texts that anybody can write on chain are read, whatever bytes they are, and move no terminal."""

from eth_abi.abi import encode
from hypothesis import given
from hypothesis import strategies as st

from hansa_chain.abi import decode_error

ERROR = bytes.fromhex("08c379a0")


@given(st.binary())
def test_any_bytes_are_a_text_that_can_be_printed(raw: bytes) -> None:
    name, values = decode_error(ERROR + encode(["bytes"], [raw]))
    assert name == "Error"
    assert values["message"].isprintable()


@given(st.text(st.characters(exclude_categories=("C", "Z"))))
def test_a_decent_text_is_as_it_was_written(text: str) -> None:
    assert decode_error(ERROR + encode(["string"], [text])) == ("Error", {"message": text})
