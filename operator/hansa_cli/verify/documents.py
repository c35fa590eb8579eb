"""Batch files with what the chain has of each: read leniently, because who wrote them is not trusted."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from hansa_chain.credit_lines import CreditLines
from hansa_chain.deployment import Contracts, Deployment
from hansa_chain.providers import Providers
from hansa_chain.rpc import Block, BlockStamp, Chain
from hansa_chain.services import Services
from hansa_chain.settlement import Settlement
from hansa_chain.vault import Vault
from hansa_cli.problem import ExitCode, Problem
from hansa_cli.verify.check import Check
from hansa_cli.verify.claims import batch_checks
from hansa_cli.verify.facts import Facts, Registers, read_facts
from hansa_cli.verify.law import Law
from hansa_cli.verify.papers import read_file
from hansa_protocol.batch import Batch, BatchError
from hansa_protocol.claimed import Claimed, read_claimed
from hansa_protocol.evidence import SignedReceipt
from hansa_protocol.identity import Address


@dataclass(frozen=True, slots=True)
class BatchFile:
    """Hold what a file claims, and its sha256."""

    path: Path
    claimed: Claimed
    digest: bytes

    @property
    def batch(self) -> Batch:
        """Return what could be read of the batch."""
        return self.claimed.batch


@dataclass(frozen=True, slots=True)
class Document:
    """Pair a file with what the chain has of it."""

    file: BatchFile
    registers: Registers
    facts: Facts

    @property
    def batch(self) -> Batch:
        """Return what could be read of the batch."""
        return self.file.batch

    def checks(self) -> Iterator[Check]:
        """Yield the claims of the file and of its batch."""
        faults = "; ".join(self.file.claimed.faults)
        yield Check(f"{self.file.path.name} is a sound batch file", not faults, faults or "canonical")
        yield from batch_checks(self.batch, self.file.digest, self.facts, name=f"epoch {self.batch.epoch}")


def read_files(paths: Iterable[Path]) -> list[BatchFile]:
    """Return what files claim, all of one settlement; raises Problem for one that does not even say whose it is."""
    files = [_read(path) for path in paths]
    places = {(file.batch.chain_id, file.batch.settlement) for file in files}
    if len(places) != 1:
        what = "the files are of several settlements: " + ", ".join(f"{at} on chain {on}" for on, at in sorted(places))
        raise Problem(what, "verify those of each settlement by themselves", code=ExitCode.USAGE)
    return files


def _read(path: Path) -> BatchFile:
    data = read_file(path)
    try:
        return BatchFile(path, read_claimed(data), hashlib.sha256(data).digest())
    except BatchError as broken:
        remedy = (
            "give a batch file of the hub, which a Settlement's spec.batch names by its digest; if the digest of this "
            "one is on chain, the hub posted what nobody can read"
        )
        raise Problem(f"{path} is no batch file: {broken}", remedy) from broken


def open_document(chain: Chain, file: BatchFile, services: Address | None, *, at: BlockStamp) -> Document:
    """Return a file with what the chain has of it."""
    batch = file.batch
    if services is None and batch.services:
        remedy = "give the deployment's --manifest, or the address of the Services contract: --services 0x..."
        raise Problem("the batch pays royalties, and where services are registered is not known", remedy)
    settlement = Settlement(chain, batch.settlement)
    providers = Providers(chain, settlement.providers(at=at))
    where = Services(chain, services or batch.settlement)
    registers = Registers(settlement, Vault(chain, batch.vault), providers, where)
    return Document(file, registers, read_facts(registers, batch, at=at))


def open_contracts(chain: Chain, manifest: Path, settlement: Address) -> Contracts:
    """Return the contracts of a manifest; raises Problem unless it is the batches' deployment, ChainProblem else."""
    deployment = Deployment.load(manifest)
    deployment.verify(chain)
    contracts = deployment.contracts(chain)
    if contracts.settlement.address != settlement:
        what = f"{manifest} is for settlement {contracts.settlement.address}, the files for {settlement}"
        raise Problem(what, "give the manifest of their deployment", code=ExitCode.USAGE)
    return contracts


def read_law(documents: Iterable[Document], who: Address | None, *, at: Block) -> Law:
    """Return what the contracts judge the slices of these files by; order signers only for who looks."""
    rates, keys = dict[int, int | None](), dict[tuple[Address, int], Address | None]()
    signers, receipts = dict[tuple[Address, int], Address | None](), dict[bytes, SignedReceipt]()
    fee_bps = epoch_seconds = 0
    for one in documents:
        facts, batch, settlement = one.facts, one.batch, one.registers.settlement
        fee_bps, epoch_seconds = facts.fee_bps, facts.epoch_seconds
        rates |= {service: found.royalty_bps if found else None for service, found in facts.services.items()}
        keys |= facts.receipt_keys
        receipts |= {signed.receipt.digest(settlement.domain): signed for signed in batch.receipts}
        if who is not None:
            signers[who, batch.epoch] = _order_signer(settlement, batch, who, at)
    return Law(fee_bps, epoch_seconds, rates, keys, signers, receipts)


def _order_signer(settlement: Settlement, batch: Batch, who: Address, at: Block) -> Address | None:
    lines = CreditLines(settlement.chain, settlement.lines(at=at))
    return lines.order_signer_of(who, settlement.address, batch.hub, batch.vault, batch.epoch, at=at)
