"""Measure how fast slices become a batch with rows, root, all proofs and a file, and how fast proofs are checked."""

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from statistics import median

from hansa_protocol.batch import build_batch, decode_batch, encode_batch
from hansa_protocol.identity import Address, address_from_bytes, keccak
from hansa_protocol.leaf import Leaf, leaf_hash, leaf_split
from hansa_protocol.merkle import verify_proof
from tests.bench.measurement import Measurement, report

SLICES, CUSTOMERS, PROVIDERS = 20_000, 80, 40
FEE_BPS, EPOCH, ROUNDS = 300, 7, 5
SETTLEMENT, HUB, VAULT = (address_from_bytes(bytes([i]) * 20) for i in (1, 2, 3))


def make_leaves() -> list[Leaf]:
    """Return slices of as many jobs, spread over customers and providers."""
    customers, providers = (_accounts(name, count) for name, count in ((b"c", CUSTOMERS), (b"p", PROVIDERS)))
    made = []
    for number in range(SLICES):
        receipt, result = keccak(b"r%d" % number), keccak(b"o%d" % number)
        parties = (customers[number % CUSTOMERS], providers[number % PROVIDERS])
        leaf = Leaf(
            EPOCH, keccak(b"j%d" % number), 0, 0, 140_000, 150_000, 0, *parties, 0, 10**15 + number, 0, result, receipt
        )
        made.append(replace(leaf, cumulative=leaf_split(leaf, 0, FEE_BPS).debit))
    return made


def _accounts(name: bytes, count: int) -> list[Address]:
    return [address_from_bytes(keccak(name + bytes([number]))[:20]) for number in range(count)]


def per_second(work: Callable[[], object], count: int) -> float:
    """Return the median of how many of `count` things a second the work does."""
    rates = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        work()
        rates.append(count / (time.perf_counter() - started))
    return median(rates)


def main() -> int:
    """Run the benchmark; return 0 when the promise is kept."""
    leaves = make_leaves()
    about = {"chain_id": 1, "settlement": SETTLEMENT, "hub": HUB, "vault": VAULT, "epoch": EPOCH}
    batch = build_batch(leaves, {}, FEE_BPS, **about)
    (part,) = batch.parts
    tree, data = part.jobs, encode_batch(batch)
    hashes = [leaf_hash(leaf) for leaf in part.leaves]
    proofs = [tree.proof(index) for index in range(len(part.leaves))]

    def seal() -> None:
        made = build_batch(leaves, {}, FEE_BPS, **about).parts[0].jobs
        for index in range(SLICES):
            made.proof(index)

    def check() -> None:
        for index, leaf in enumerate(hashes):
            assert verify_proof(tree.root, leaf, index, SLICES, proofs[index])

    return report(
        "sealing",
        [
            Measurement("slices to rows, root and all proofs", per_second(seal, SLICES), "slices/s", least=20_000),
            Measurement(
                "of that: leaves encoded and hashed",
                per_second(lambda: list(map(leaf_hash, leaves)), SLICES),
                "slices/s",
            ),
            Measurement("batch file written", per_second(lambda: encode_batch(batch), SLICES), "slices/s"),
            Measurement("batch file read and checked", per_second(lambda: decode_batch(data), SLICES), "slices/s"),
            Measurement("proofs checked", per_second(check, SLICES), "proofs/s"),
        ],
    )


if __name__ == "__main__":
    sys.exit(main())
