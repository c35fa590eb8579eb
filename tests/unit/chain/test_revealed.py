"""What a hub revealed is read from its calls, wherever they are, and only what its header proves is kept."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from hansa_chain.abi import abi_of
from hansa_chain.call_data import calls_to
from hansa_chain.cases import Kind, LeafProof, subject_of
from hansa_chain.contract import as_struct
from hansa_chain.errors import ChainUnreachable, NodeRefused
from hansa_chain.proofs import prove_leaves
from hansa_chain.revealed import proven_leaves
from hansa_chain.rpc import Chain
from hansa_chain.settlement import PostedPart
from hansa_chain.statements import Statements
from hansa_protocol.batch import NO_SECRET
from hansa_protocol.header import Header
from hansa_protocol.identity import Address
from tests.unit.cli.test_claims import BATCH, posted

STATEMENTS, FORWARDER = Address("0x" + "8" * 40), Address("0x" + "9" * 40)
PART = BATCH.parts[0]
POSTED: PostedPart = posted(PART, hub=BATCH.hub, vault=BATCH.vault, secret_hash=NO_SECRET, previous_secret=NO_SECRET)
HEADER: Header = POSTED.header


NO_TRACES = NodeRefused("debug_traceTransaction", "no such method")


class Node:
    """Answer about one transaction, with a trace or without."""

    def __init__(self, to: Address | None, data: bytes, trace: Mapping[str, Any] | Exception = NO_TRACES):
        self._to, self._data, self._trace = to, data, trace

    def request(self, method: str, *_: Any) -> Any:
        if method == "eth_getTransactionByHash":
            return {"to": self._to, "input": "0x" + self._data.hex()}
        if isinstance(self._trace, Exception):
            raise self._trace
        return self._trace


def chain(*arguments: Any) -> Chain:
    return cast("Chain", Node(*arguments))


def call(kind: str, to: Address, data: bytes, *inner: Mapping[str, Any], **more: Any) -> Mapping[str, Any]:
    return {"type": kind, "to": to, "input": "0x" + data.hex(), "calls": list(inner), **more}


def reveal(leaves: list[LeafProof], header: Header = HEADER) -> bytes:
    subject = subject_of(Kind.STATEMENT, header, 0, PART.debits[0].pack())
    return (
        Statements(chain(None, b""), STATEMENTS).reveal(subject, [replace(one, header=header) for one in leaves]).data
    )


def read(data: bytes) -> list[int]:
    node = chain(STATEMENTS, data)
    return sorted(one.index for one in proven_leaves(Statements(node, STATEMENTS), HEADER, "0xab"))


LEAVES = prove_leaves(HEADER, PART, [0, 1])


def test_a_call_is_the_transactions_own_data() -> None:
    assert calls_to(chain(STATEMENTS, b"abc"), STATEMENTS, "0x") == (b"abc",)


def test_calls_of_other_contracts_are_in_the_trace_without_those_that_were_undone() -> None:
    trace = call(
        "CALL",
        FORWARDER,
        b"outer",
        call("CALL", STATEMENTS, b"one"),
        call("CALL", FORWARDER, b"", call("CALL", STATEMENTS, b"undone"), error="execution reverted"),
        call("DELEGATECALL", STATEMENTS, b"code of another"),
        call("CALL", FORWARDER, b"", call("CALL", STATEMENTS, b"two")),
    )
    assert calls_to(chain(FORWARDER, b"outer", trace), STATEMENTS, "0x") == (b"one", b"two")


def test_without_a_trace_nothing_is_read_of_what_other_contracts_called() -> None:
    for refusal in (NO_TRACES, ChainUnreachable("403")):
        assert calls_to(chain(FORWARDER, b"outer", refusal), STATEMENTS, "0x") == ()


def test_leaves_are_read_with_their_proofs() -> None:
    node = chain(STATEMENTS, reveal(LEAVES))
    assert list(proven_leaves(Statements(node, STATEMENTS), HEADER, "0xab")) == LEAVES


def test_what_the_header_does_not_prove_is_not_kept() -> None:
    first, second = LEAVES
    assert read(reveal([replace(first, leaf=replace(first.leaf, provider_amount=1)), second])) == [1]
    assert read(reveal([replace(first, index=1)])) == []
    assert read(reveal([replace(second, proof=())])) == []
    assert read(reveal(LEAVES, replace(HEADER, epoch=HEADER.epoch + 1))) == [], "of another part"


def test_call_data_that_is_broken_or_of_another_function_shows_nothing() -> None:
    whole = reveal(LEAVES)
    assert read(whole[:-40]) == read(whole[:4]) == read(b"") == []
    lapse = abi_of("Statements").functions["lapse"]
    assert read(lapse.encode([as_struct(subject_of(Kind.STATEMENT, HEADER, 0, PART.debits[0].pack()))])) == []
