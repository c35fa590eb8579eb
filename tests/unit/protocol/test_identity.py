"""Addresses are checksummed, job ids are bound to chain, contract and hub."""

import pytest
from Crypto.Hash import keccak as other_keccak

from hansa_protocol.identity import (
    AddressError,
    address_bytes,
    address_from_bytes,
    job_id,
    keccak,
    parse_address,
    respell_address,
)

# Examples of ERC-55.
EXAMPLES = [
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
    "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
    "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
]


def test_keccak_is_the_one_of_the_evm() -> None:
    assert keccak(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"


def test_every_backend_of_keccak_agrees() -> None:
    for size in (0, 1, 135, 136, 137, 1_000):
        data = bytes(range(256))[:size] * (1 + size // 256)
        assert keccak(data) == other_keccak.new(digest_bits=256, data=data).digest()


@pytest.mark.parametrize("text", EXAMPLES)
def test_addresses_get_their_checksum(text: str) -> None:
    assert parse_address(text.lower()) == parse_address("0x" + text[2:].upper()) == parse_address(text) == text
    assert address_from_bytes(address_bytes(text)) == text


def test_a_mistyped_address_is_refused() -> None:
    with pytest.raises(AddressError, match="checksum"):
        parse_address("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD")


@pytest.mark.parametrize(
    "text", ["", "0x", "5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", EXAMPLES[0] + "0", "0x" + "g" * 40]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(AddressError, match="40 hex digits"):
        parse_address(text)


def test_a_job_id_depends_on_everything_it_is_bound_to() -> None:
    base = (31_337, EXAMPLES[0], EXAMPLES[1], "uid")
    others = [(1, *base[1:]), (base[0], EXAMPLES[2], *base[2:]), (*base[:2], EXAMPLES[2], "uid"), (*base[:3], "uie")]
    assert len({job_id(*one) for one in (base, *others)}) == 5


def test_an_address_has_one_spelling_whatever_case_it_came_in() -> None:
    address = address_from_bytes(bytes(range(20)))
    for spelled in (address, address.lower(), "0x" + address[2:].upper(), address.swapcase().replace("0X", "0x")):
        assert respell_address(spelled) == address
