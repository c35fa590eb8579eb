"""The same refusal means the same, whichever node words it."""

from typing import Any

import pytest

from hansa_chain.errors import BlockUnknown, ChainProblem, InsufficientGasMoney, NodeRefused, Reverted
from hansa_chain.node_errors import explain
from hansa_protocol.keccak import keccak

ZERO_AMOUNT = "0x" + keccak(b"ZeroAmount()")[:4].hex()
MESSAGE = "0x08c379a0" + (32).to_bytes(32, "big").hex() + (2).to_bytes(32, "big").hex() + b"no".ljust(32, b"\0").hex()


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"code": 3, "message": "execution reverted", "data": ZERO_AMOUNT}, Reverted),
        ({"code": -32015, "message": "VM execution error.", "data": f"Reverted {ZERO_AMOUNT}"}, Reverted),
        ({"code": -32000, "message": "execution reverted", "data": {"data": ZERO_AMOUNT}}, Reverted),
        ({"code": -32000, "message": "execution reverted"}, Reverted),
        ({"code": -32000, "message": "insufficient funds for gas * price + value"}, InsufficientGasMoney),
        ({"code": -32003, "message": "Insufficient funds for gas * price + value"}, InsufficientGasMoney),
        ({"code": -32000, "message": "header not found"}, BlockUnknown),
        ({"code": -32001, "message": "Resource not found"}, BlockUnknown),
        ({"code": -39001, "message": "Unknown block"}, BlockUnknown),
        ({"code": -32005, "message": "rate limit exceeded"}, NodeRefused),
        ("overloaded", NodeRefused),
    ],
)
def test_a_nodes_error_has_one_meaning(error: Any, kind: type[ChainProblem]) -> None:
    assert type(explain("eth_call", error)) is kind


@pytest.mark.parametrize("data", [ZERO_AMOUNT, f"Reverted {ZERO_AMOUNT}", {"data": ZERO_AMOUNT}])
def test_a_contracts_error_is_named_wherever_the_node_puts_it(data: Any) -> None:
    problem = explain("eth_call", {"message": "execution reverted", "data": data})
    assert isinstance(problem, Reverted)
    assert (problem.error_name, problem.remedy) == ("ZeroAmount", "Give an amount above zero.")


def test_a_text_that_a_contract_gives_is_shown() -> None:
    assert "no" in str(explain("eth_call", {"message": "execution reverted", "data": MESSAGE}))


@pytest.mark.parametrize("data", ["0xdeadbeef", ZERO_AMOUNT[:10] + "00", MESSAGE[:-80], MESSAGE[:-64] + "ff" * 32])
def test_data_that_fits_no_error_is_shown_as_it_is(data: str) -> None:
    assert isinstance(explain("eth_call", {"message": "execution reverted", "data": data}), Reverted)
