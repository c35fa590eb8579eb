"""Leaves as lines of JSON: how the batch file writes them."""

import json
import re
from collections.abc import Sequence
from typing import Any, NoReturn

from hansa_protocol.identity import parse_address
from hansa_protocol.leaf import Leaf

LEAF_FIELDS = (
    "jobId",
    "seq",
    "attempt",
    "fromMs",
    "toMs",
    "cumulative",
    "customer",
    "provider",
    "service",
    "providerAmount",
    "auditAmount",
    "resultDigest",
    "receiptDigest",
)

_BRACKET = re.compile(r"[\[\]{}]")
_DECIMAL = re.compile(r"0|[1-9][0-9]*")
_MOST_DEPTH = 3


def parse_line(line: str) -> Any:
    """Return the JSON of a line; raises ValueError for what is none, holds a fraction, or nests deeper than a batch."""
    require_flat(line, _MOST_DEPTH)
    return json.loads(line, parse_float=_refuse, parse_constant=_refuse)


def require_flat(text: str, most: int) -> None:
    """Raise ValueError for JSON that nests deeper than that, before a parser recurses: writers are not trusted."""
    depth = 0
    for bracket in _BRACKET.findall(text):
        depth += 1 if bracket in "[{" else -1
        if depth > most:
            raise ValueError(f"it nests more than {most} deep")


def _refuse(number: str) -> NoReturn:
    raise ValueError(f"{number} stands where a whole number should")


def leaf_to_json(leaf: Leaf) -> list[object]:
    """Return the values of LEAF_FIELDS; amounts as decimal strings, since many JSON readers have no such integers."""
    return [
        hex_of(leaf.job_id),
        leaf.seq,
        leaf.attempt,
        leaf.from_ms,
        leaf.to_ms,
        str(leaf.cumulative),
        leaf.customer,
        leaf.provider,
        leaf.service,
        str(leaf.provider_amount),
        str(leaf.audit_amount),
        hex_of(leaf.result_digest),
        hex_of(leaf.receipt_digest),
    ]


def leaf_from_json(row: Sequence[Any], epoch: int) -> Leaf:
    """Return the leaf of a line; raises ValueError or TypeError for anything else."""
    job, seq, attempt, from_ms, to_ms, cumulative, customer, provider, service, paid, audit, result, receipt = row
    return Leaf(
        epoch=epoch,
        job_id=bytes32_of(job),
        seq=whole(seq),
        attempt=whole(attempt),
        from_ms=whole(from_ms),
        to_ms=whole(to_ms),
        cumulative=amount_of(cumulative),
        customer=parse_address(customer),
        provider=parse_address(provider),
        service=whole(service),
        provider_amount=amount_of(paid),
        audit_amount=amount_of(audit),
        result_digest=bytes32_of(result),
        receipt_digest=bytes32_of(receipt),
    )


def whole(value: Any) -> int:
    """Return a number that is a whole one, not negative and no boolean; raises ValueError for others."""
    if type(value) is not int or value < 0:
        raise ValueError(f"{value!r} stands where a whole number should")
    return value


def amount_of(value: Any) -> int:
    """Return the amount of a decimal text as the file has it, plain digits; raises ValueError for others."""
    if not isinstance(value, str) or _DECIMAL.fullmatch(value) is None:
        raise ValueError(f"{value!r} stands where an amount should")
    return int(value)


def bytes32_of(text: str) -> bytes:
    """Return the 32 bytes of a hex text; raises ValueError for others."""
    raw = bytes.fromhex(text.removeprefix("0x"))
    if len(raw) != 32:
        raise ValueError(f"{text} stands where 32 bytes should")
    return raw


def hex_of(raw: bytes) -> str:
    """Return 0x and the lower-case hex digits."""
    return "0x" + raw.hex()
