"""Read what was settled: each batch file, held against the chain's own record of it."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from hansa_chain.rpc import BlockStamp
from hansa_cli.chain_access import Books
from hansa_cli.cluster.client import Manifest
from hansa_cli.demo.books import PaidSlice
from hansa_cli.problem import Problem
from hansa_cli.verify.check import Check
from hansa_cli.verify.claims import batch_checks
from hansa_cli.verify.facts import Facts, find_posted, read_facts
from hansa_protocol.batch import Batch, decode_batch
from hansa_protocol.eip712 import settlement_domain
from hansa_protocol.leaf import leaf_split


@dataclass(frozen=True, slots=True)
class Settled:
    """Hold one settlement: its object, its batch, and what the chain has of it."""

    name: str
    manifest: Manifest
    batch: Batch
    file: Path
    facts: Facts

    def slices(self) -> Iterator[PaidSlice]:
        """Yield the slices of all parts that are posted, their money divided at the rates on chain."""
        domain = settlement_domain(self.batch.chain_id, self.batch.settlement)
        receipts = {signed.receipt.digest(domain): signed.receipt for signed in self.batch.receipts}
        posted = ((part, there) for part, there in zip(self.batch.parts, self.facts.posted, strict=True) if there)
        for leaf, tx_hash in ((leaf, there.tx_hash) for part, there in posted for leaf in part.leaves):
            service = self.facts.services.get(leaf.service)
            split = leaf_split(leaf, service.royalty_bps if service else 0, self.facts.fee_bps)
            payout = service.payout if service else ""
            yield PaidSlice(leaf, split, payout, tx_hash, receipts.get(leaf.receipt_digest))


def read_settled(manifests: Iterable[Manifest], store: Path, books: Books) -> list[Settled]:
    """Read every settlement's file from the store, and its parts from the chain at one block."""
    at = books.chain.stamp("latest")
    return [_read(manifest, store, books, at) for manifest in manifests]


def _read(manifest: Manifest, store: Path, books: Books, at: BlockStamp) -> Settled:
    file = find_blob(store, str(manifest["spec"]["batch"]["sha256"]))
    batch = decode_batch(file.read_bytes())
    posted = find_posted(books.registers, batch.hub, batch.epoch, len(batch.parts), at=at)
    facts = read_facts(books.registers, batch, posted, at=at)
    return Settled(manifest["metadata"]["name"], manifest, batch, file, facts)


def find_blob(store: Path, sha256: str) -> Path:
    """Return where the store has a file by its content; raises Problem when it is missing or has changed."""
    digest = sha256.removeprefix("0x")
    for path in store.rglob(f"*{digest}"):
        if hashlib.sha256(path.read_bytes()).hexdigest() == digest:
            return path
    raise Problem(f"the store has no file with sha256 {digest}", f"look into {store}")


def settlement_checks(settled: Settled) -> Iterator[Check]:
    """Yield the claims about one settlement."""
    look = f"kubectl get settlement {settled.name} -o yaml"
    digest = hashlib.sha256(settled.file.read_bytes()).digest()
    yield from batch_checks(settled.batch, digest, settled.facts, name=settled.name, look=look)
    yield Check(f"{settled.name} is paid", all(settled.facts.paid), f"{len(settled.facts.paid)} part(s)", look)
