"""The batch: everything of one hub, vault and epoch, and its file, the same bytes for the same slices."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from hansa_protocol.batch_json import LEAF_FIELDS, bytes32_of, hex_of, leaf_from_json, leaf_to_json, parse_line, whole
from hansa_protocol.eip712 import settlement_domain
from hansa_protocol.evidence import RECEIPT_FIELDS, SignedReceipt, cited, receipt_from_json, receipt_to_json
from hansa_protocol.identity import ZERO_ADDRESS, Address, parse_address
from hansa_protocol.leaf import Leaf
from hansa_protocol.parts import (
    MAX_ROWS,
    BatchError,
    Part,
    ServiceTerms,
    Tariff,
    build_part,
    check_leaves,
    divide,
    leaf_order,
)

__all__ = ["Batch", "BatchError", "Part", "ServiceTerms", "build_batch", "decode_batch", "encode_batch"]

FORMAT = "hansa-batch/1"
NO_SECRET = b"\0" * 32


@dataclass(frozen=True, slots=True)
class Batch:
    """Hold one epoch of a hub in a vault: the rates, the parts that are posted one by one, and the receipts cited."""

    chain_id: int
    settlement: Address
    hub: Address
    vault: Address
    epoch: int
    fee_bps: int
    services: tuple[ServiceTerms, ...]
    parts: tuple[Part, ...]
    secret_hash: bytes = NO_SECRET
    previous_secret: bytes = NO_SECRET
    receipts: tuple[SignedReceipt, ...] = ()

    @property
    def leaves(self) -> Iterable[Leaf]:
        """Return all leaves in their order."""
        return (leaf for part in self.parts for leaf in part.leaves)

    @property
    def tariff(self) -> Tariff:
        """Return the rates of this batch."""
        return Tariff({terms.service: terms for terms in self.services}, self.fee_bps)


def build_batch(
    leaves: Iterable[Leaf],
    royalties: Mapping[int, tuple[Address, int]],
    fee_bps: int,
    *,
    chain_id: int,
    settlement: Address,
    hub: Address,
    vault: Address,
    epoch: int,
    secret_hash: bytes = NO_SECRET,
    previous_secret: bytes = NO_SECRET,
    receipts: Iterable[SignedReceipt] = (),
    max_rows: int = MAX_ROWS,
) -> Batch:
    """Return the batch of an epoch's slices in any order; `royalties` gives (payout, bps) for each service id.

    Of the receipts it keeps those that slices cite.
    Raises BatchError when there are no slices, when one costs nothing or is wrong in itself, or when they contradict
    each other.
    """
    ordered = sorted(leaves, key=leaf_order)
    services = _services(ordered, royalties)
    tariff = Tariff({terms.service: terms for terms in services}, fee_bps)
    _check(ordered, epoch, tariff)
    groups = divide(ordered, tariff, max_rows)
    parts = tuple(build_part(index, group, tariff) for index, group in enumerate(groups))
    evidence = cited(receipts, ordered, settlement_domain(chain_id, settlement))
    return Batch(
        chain_id, settlement, hub, vault, epoch, fee_bps, services, parts, secret_hash, previous_secret, evidence
    )


def encode_batch(batch: Batch) -> bytes:
    """Return the batch file: a line of JSON about the batch, then one for each leaf, then one for each receipt.

    Amounts are decimal strings.
    """
    about = {
        "format": FORMAT,
        "chainId": batch.chain_id,
        "settlement": batch.settlement,
        "hub": batch.hub,
        "vault": batch.vault,
        "epoch": batch.epoch,
        "feeBps": batch.fee_bps,
        "secretHash": hex_of(batch.secret_hash),
        "previousSecret": hex_of(batch.previous_secret),
        "services": [[terms.service, terms.payout, terms.royalty_bps] for terms in batch.services],
        "parts": [len(part.leaves) for part in batch.parts],
        "leafFields": list(LEAF_FIELDS),
        "receiptFields": list(RECEIPT_FIELDS),
    }
    lines = [about, *map(leaf_to_json, batch.leaves), *map(receipt_to_json, batch.receipts)]
    return "".join([json.dumps(line, separators=(",", ":")) + "\n" for line in lines]).encode()


def decode_batch(data: bytes) -> Batch:
    """Return the batch of a file; raises BatchError unless the bytes are exactly what encode_batch makes of it."""
    try:
        batch = _decode(data)
    except BatchError:
        raise
    except (AttributeError, KeyError, TypeError, ValueError, IndexError) as broken:
        raise BatchError(f"these bytes are no batch file: {broken}") from broken
    if encode_batch(batch) != data:
        raise BatchError("the file is not in its canonical form: bytes were added, left out or reordered")
    return batch


def _decode(data: bytes) -> Batch:
    first, *rest = data.decode("ascii").splitlines()
    about = parse_line(first)
    if about["format"] != FORMAT:
        raise BatchError(f"the file has format {about['format']!r}; this version reads {FORMAT!r}")
    epoch, hub, vault = whole(about["epoch"]), parse_address(about["hub"]), parse_address(about["vault"])
    count = sum(map(whole, about["parts"]))
    leaves = [leaf_from_json(parse_line(line), epoch) for line in rest[:count]]
    receipts = [receipt_from_json(parse_line(line), hub, vault) for line in rest[count:]]
    services = tuple(ServiceTerms(whole(s), parse_address(payout), whole(bps)) for s, payout, bps in about["services"])
    tariff = Tariff({terms.service: terms for terms in services}, whole(about["feeBps"]))
    if any(leaf_order(a) > leaf_order(b) for a, b in pairwise(leaves)):
        raise BatchError("the slices are not in their order: customer, job, seq")
    _check(leaves, epoch, tariff)
    if services != _services(leaves, {one.service: (one.payout, one.royalty_bps) for one in services}):
        raise BatchError("the services are not those that the slices use, each once and rising")
    chain_id, settlement = whole(about["chainId"]), parse_address(about["settlement"])
    return Batch(
        chain_id=chain_id,
        settlement=settlement,
        hub=hub,
        vault=vault,
        epoch=epoch,
        fee_bps=tariff.fee_bps,
        services=services,
        parts=_parts(leaves, about["parts"], tariff),
        secret_hash=bytes32_of(about["secretHash"]),
        previous_secret=bytes32_of(about["previousSecret"]),
        receipts=cited(receipts, leaves, settlement_domain(chain_id, settlement)),
    )


def _parts(leaves: Sequence[Leaf], counts: Sequence[Any], tariff: Tariff) -> tuple[Part, ...]:
    ends = [0]
    for count in counts:
        ends.append(ends[-1] + whole(count))
    if ends[-1] != len(leaves) or sorted(set(ends)) != ends:
        raise BatchError(f"its {len(counts)} parts are not the {len(leaves)} slices of the file")
    for end in ends[1:-1]:
        if leaves[end - 1].customer == leaves[end].customer:
            raise BatchError(f"{leaves[end].customer} is in two parts")
    return tuple(build_part(i, leaves[a:b], tariff) for i, (a, b) in enumerate(pairwise(ends)))


def _check(leaves: Sequence[Leaf], epoch: int, tariff: Tariff) -> None:
    if not leaves:
        raise BatchError("there are no slices: an epoch without work is not posted")
    check_leaves(leaves, epoch, tariff)


def _services(leaves: Sequence[Leaf], royalties: Mapping[int, tuple[Address, int]]) -> tuple[ServiceTerms, ...]:
    used = sorted({leaf.service for leaf in leaves if leaf.service} & royalties.keys())
    terms = tuple(ServiceTerms(service, *royalties[service]) for service in used)
    if any(one.payout == ZERO_ADDRESS for one in terms):
        raise BatchError("a service pays its royalty to the zero address")
    return terms
