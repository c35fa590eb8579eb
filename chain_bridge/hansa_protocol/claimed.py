"""What a batch file claims, read so that a dishonest one is no obstacle: what is wrong is listed, the rest is there."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import accumulate, pairwise
from typing import Any, TypeVar

from hansa_protocol.batch import NO_SECRET, Batch, BatchError, decode_batch
from hansa_protocol.batch_json import LEAF_FIELDS, bytes32_of, leaf_from_json, parse_line, whole
from hansa_protocol.eip712 import Domain, settlement_domain
from hansa_protocol.evidence import RECEIPT_FIELDS, SignedReceipt, receipt_from_json
from hansa_protocol.identity import ZERO_ADDRESS, Address, parse_address
from hansa_protocol.leaf import Leaf, leaf_hash
from hansa_protocol.parts import Part, ServiceTerms, Tariff, net_part
from hansa_protocol.units import UINT96_MAX

EPOCH_BITS = 64
SERVICE_BITS = 64
BPS_BITS = 16
_NAMED = 5
T = TypeVar("T")
BROKEN = (AttributeError, KeyError, TypeError, ValueError, IndexError)


@dataclass(frozen=True, slots=True)
class Claimed:
    """Pair what could be read of a file with everything that is wrong with it; a sound file has no faults."""

    batch: Batch
    faults: tuple[str, ...] = ()


def read_claimed(data: bytes) -> Claimed:
    """Return what a file claims; raises BatchError only when its first line does not say whose batch it is."""
    try:
        return Claimed(decode_batch(data))
    except BatchError as unsound:
        faults = [str(unsound)]
    first, *rest = data.decode("ascii", "replace").split("\n")
    try:
        batch = _read(parse_line(first), rest, faults)
    except BROKEN as broken:
        raise BatchError(f"its first line does not say whose batch it is: {broken}") from broken
    return Claimed(batch, tuple(faults))


def _read(about: dict[str, Any], lines: Sequence[str], faults: list[str]) -> Batch:
    epoch = _within(about["epoch"], EPOCH_BITS, "epoch")
    hub, vault = parse_address(about["hub"]), parse_address(about["vault"])
    chain_id, settlement = whole(about["chainId"]), parse_address(about["settlement"])
    domain = settlement_domain(chain_id, settlement)
    leaves, receipts = list[Leaf](), list[SignedReceipt]()
    for number, row in _rows(lines, faults):
        if len(row) == len(LEAF_FIELDS):
            leaves += _tried(faults, f"line {number} is no slice", partial(_leaf, row, epoch))
        elif len(row) == len(RECEIPT_FIELDS):
            receipts += _tried(faults, f"line {number} is no receipt", partial(_receipt, row, hub, vault, domain))
        else:
            faults.append(f"line {number} is neither a slice nor a receipt")
    tariff = _tariff(about, leaves, faults)
    return Batch(
        chain_id=chain_id,
        settlement=settlement,
        hub=hub,
        vault=vault,
        epoch=epoch,
        fee_bps=tariff.fee_bps,
        services=tuple(tariff.services.values()),
        parts=tuple(_parts(about, leaves, tariff, faults)),
        secret_hash=_secret(about, "secretHash", faults),
        previous_secret=_secret(about, "previousSecret", faults),
        receipts=tuple(receipts),
    )


def _within(value: Any, bits: int, name: str) -> int:
    """Return a whole number that its field on chain can hold; raises ValueError for others."""
    number = whole(value)
    if number.bit_length() > bits:
        raise ValueError(f"the {name} {number} is more than {bits} bits hold")
    return number


def _tried(faults: list[str], what: str, read: Callable[[], T]) -> list[T]:
    """Return what can be read, alone in a list; otherwise nothing, and note why."""
    try:
        return [read()]
    except BROKEN as broken:
        faults.append(f"{what}: {broken}")
        return []


def _rows(lines: Sequence[str], faults: list[str]) -> Iterator[tuple[int, list[Any]]]:
    for number, line in enumerate(lines, start=2):
        for row in _tried(faults, f"line {number}", partial(parse_line, line)) if line else ():
            yield number, row if isinstance(row, list) else []


def _leaf(row: list[Any], epoch: int) -> Leaf:
    leaf = leaf_from_json(row, epoch)
    # Whether its values fit their fields shows only here.
    leaf_hash(leaf)
    return leaf


def _receipt(row: list[Any], hub: Address, vault: Address, domain: Domain) -> SignedReceipt:
    signed = receipt_from_json(row, hub, vault)
    signed.receipt.digest(domain)
    return signed


def _tariff(about: dict[str, Any], leaves: Sequence[Leaf], faults: list[str]) -> Tariff:
    (fee_bps,) = _tried(faults, "its fee", lambda: _within(about["feeBps"], BPS_BITS, "fee")) or [0]
    (stated,) = _tried(faults, "its services", lambda: [_terms(*row) for row in about["services"]]) or [[]]
    used = {leaf.service for leaf in leaves if leaf.service}
    terms = {one.service: one for one in stated if one.service in used}
    # Nobody is charged for what no slice uses, and a file can state any number of them.
    if len(terms) < len(stated):
        faults.append(f"it states the royalties of {len(stated)} services; its slices use {len(terms)} of them")
    if unstated := sorted(used - terms.keys()):
        some = ", ".join(map(str, unstated[:_NAMED])) + (", ..." if unstated[_NAMED:] else "")
        faults.append(f"it does not say who gets the royalty of service {some}")
        terms |= {service: ServiceTerms(service, ZERO_ADDRESS, 0) for service in unstated}
    return Tariff(terms, fee_bps)


def _terms(service: Any, payout: Any, royalty_bps: Any) -> ServiceTerms:
    number, bps = _within(service, SERVICE_BITS, "service"), _within(royalty_bps, BPS_BITS, "royalty")
    return ServiceTerms(number, parse_address(payout), bps)


def _parts(about: dict[str, Any], leaves: Sequence[Leaf], tariff: Tariff, faults: list[str]) -> Iterator[Part]:
    (stated,) = _tried(faults, "its parts", lambda: [whole(count) for count in about["parts"]]) or [[len(leaves)]]
    # Each part has a slice, so a file has no more parts than slices, whatever number it states.
    counts = stated[: max(len(leaves), 1)]
    if len(counts) < len(stated):
        faults.append(
            f"it states {len(stated)} parts, and has {len(leaves)} slices: the parts beyond are not looked at"
        )
    # The last part takes what is over: where slices are missing or too many, its root tells.
    ends = [*accumulate(counts[:-1], initial=0), len(leaves)]
    for index, (begin, end) in enumerate(pairwise(ends)):
        part = net_part(index, leaves[begin:end], tariff)
        if max(part.debit_total, part.credit_total) > UINT96_MAX:
            faults.append(f"part {index} sums to more than a row can hold")
            part = replace(part, debits=(), credits=())
        yield part


def _secret(about: dict[str, Any], name: str, faults: list[str]) -> bytes:
    (secret,) = _tried(faults, name, lambda: bytes32_of(about[name])) or [NO_SECRET]
    return secret
