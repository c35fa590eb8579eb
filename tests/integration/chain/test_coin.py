"""Amounts are told in a token's unit, whatever its makers put there."""

import pytest

from hansa_chain.deployment import Contracts
from hansa_chain.token import Token
from hansa_cli.coin import read_coin
from hansa_protocol.identity import Address
from tests.fixtures.anvil import WHOLE, Anvil

PLACE = Address("0x00000000000000000000000000000000deadbeef")
WORD = 32


def token_that_answers(anvil: Anvil, answer: bytes) -> Token:
    """Put a contract on the chain that answers every call with these bytes."""
    begin = 12
    code = bytes([0x60, len(answer), 0x60, begin, 0x60, 0, 0x39, 0x60, len(answer), 0x60, 0, 0xF3]) + answer
    anvil.chain.request("anvil_setCode", PLACE, "0x" + code.hex())
    return Token(anvil.chain, PLACE)


def string(text: bytes) -> bytes:
    """Return a string as the ABI has it; read as a number it is 32."""
    padding = bytes(-len(text) % WORD)
    return WORD.to_bytes(WORD, "big") + len(text).to_bytes(WORD, "big") + text + padding


def test_a_token_is_called_by_its_symbol(contracts: Contracts) -> None:
    coin = read_coin(contracts.token, at="latest")
    assert coin.text(WHOLE + WHOLE // 2) == "1.5 HANSA"
    assert coin.text(-1) == "-0.000000000000000001 HANSA"


@pytest.mark.parametrize("symbol", [b"", b"a word", b"\x1b[31mUSDC", b"MUCHTOOLONGASYMBOL", "ÜSDC".encode()])
def test_a_token_whose_symbol_would_pass_for_something_else_is_called_by_its_address(
    contracts: Contracts, anvil: Anvil, symbol: bytes
) -> None:
    coin = read_coin(token_that_answers(anvil, string(symbol)), at="latest")
    assert coin.text(15 * 10**31) == "1.5 of 0x00000000…beef"
    assert read_coin(token_that_answers(anvil, string(b"USDC")), at="latest").text(10**32) == "1 USDC"


def test_amounts_of_a_token_without_a_unit_are_told_as_it_counts(contracts: Contracts, anvil: Anvil) -> None:
    bytes32 = read_coin(token_that_answers(anvil, b"MKR".ljust(WORD, b"\0")), at="latest")
    assert bytes32.text(15) == "15 units of 0x00000000…beef"
    silent = read_coin(Token(anvil.chain, contracts.vault.address), at="latest")
    assert silent.text(15).startswith("15 units of 0x")
