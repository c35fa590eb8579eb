"""Batches with what the chain has of each: files, read leniently because nobody is trusted, or the chain alone."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from hansa_chain.credit_lines import CreditLines
from hansa_chain.deployment import Contracts, Deployment
from hansa_chain.providers import Providers
from hansa_chain.rpc import Block, BlockStamp, Chain
from hansa_chain.services import Services
from hansa_chain.settlement import Settlement
from hansa_chain.vault import Vault
from hansa_cli.problem import ExitCode, Problem
from hansa_cli.verify.check import Check, tell_faults
from hansa_cli.verify.claims import batch_checks, post_checks
from hansa_cli.verify.facts import Facts, Registers, find_posted, read_facts
from hansa_cli.verify.law import Law
from hansa_cli.verify.papers import read_file
from hansa_protocol.batch import Batch, BatchError
from hansa_protocol.claimed import Claimed, read_claimed
from hansa_protocol.evidence import SignedReceipt
from hansa_protocol.identity import Address
from hansa_protocol.leaf import Leaf
from hansa_protocol.parts import net_part


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
    """Pair a batch with what the chain has of it; without a file the batch is what the chain alone says."""

    batch: Batch
    registers: Registers
    facts: Facts
    file: BatchFile | None = None

    @property
    def leaves(self) -> Iterator[Leaf]:
        """Return the slices of the file, and those that the hub revealed on chain."""
        yield from self.batch.leaves
        yield from (one.leaf for part in self.facts.revealed for one in part.leaves.values())

    def checks(self) -> Iterator[Check]:
        """Yield the claims of the file and of its batch; without a file, of the posts."""
        name = f"epoch {self.batch.epoch}"
        if self.file is None:
            for part in self.batch.parts:
                yield from post_checks(part.index, self.facts, title=f"{name} part {part.index}")
            return
        faults = tell_faults(self.file.claimed.faults)
        yield Check(f"{self.file.path.name} is a sound batch file", not faults, faults or "canonical")
        yield from batch_checks(self.batch, self.file.digest, self.facts, name=name)


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
            "give a batch file of the hub, which a Settlement's spec.batch names by its digest; if the hub shows none "
            "that can be read, give none: --hub 0x... --epoch N --manifest FILE reads what it posted from the chain"
        )
        raise Problem(f"{path} is no batch file: {tell_faults([str(broken)])}", remedy) from broken


def open_document(
    chain: Chain,
    file: BatchFile,
    contracts: Contracts | None,
    services: Address | None,
    *,
    who: Address | None,
    at: BlockStamp,
) -> Document:
    """Return a file with what the chain has of it; without contracts nothing is read of what hubs reveal."""
    batch = file.batch
    if services is None and batch.services:
        remedy = "give the deployment's --manifest, or the address of the Services contract: --services 0x..."
        raise Problem("the batch pays royalties, and where services are registered is not known", remedy)
    settlement = Settlement(chain, batch.settlement)
    providers = Providers(chain, settlement.providers(at=at))
    where = Services(chain, services or batch.settlement)
    cases = (contracts.statements, contracts.disputes) if contracts else (None, None)
    registers = Registers(settlement, Vault(chain, batch.vault), providers, where, *cases)
    return _open(batch, registers, file, who, at)


def open_epoch(contracts: Contracts, hub: Address, epoch: int, *, who: Address | None, at: BlockStamp) -> Document:
    """Return what a hub posted of an epoch, from the chain alone."""
    c = contracts
    batch = Batch(
        chain_id=c.settlement.chain.chain_id,
        settlement=c.settlement.address,
        hub=hub,
        vault=c.vault.address,
        epoch=epoch,
        fee_bps=c.settlement.params(at=at).fee_bps,
        services=(),
        parts=(),
    )
    registers = Registers(c.settlement, c.vault, c.providers, c.services, c.statements, c.disputes)
    return _open(batch, registers, None, who, at)


def _open(batch: Batch, registers: Registers, file: BatchFile | None, who: Address | None, at: BlockStamp) -> Document:
    posted = find_posted(registers, batch.hub, batch.epoch, len(batch.parts), at=at)
    # Parts that were posted and that the file leaves out charge somebody too.
    more = (net_part(index, (), batch.tariff) for index in range(len(batch.parts), len(posted)))
    whole = replace(batch, parts=(*batch.parts, *more))
    return Document(whole, registers, read_facts(registers, whole, posted, who=who, at=at), file)


def open_contracts(chain: Chain, deployment: Deployment, files: Sequence[BatchFile]) -> Contracts:
    """Return the contracts of a manifest; raises Problem unless it is the files' deployment, ChainProblem else."""
    deployment.verify(chain)
    contracts = deployment.contracts(chain)
    theirs = {file.batch.settlement for file in files} - {contracts.settlement.address}
    if theirs:
        what = f"the manifest is for settlement {contracts.settlement.address}, the files for {', '.join(theirs)}"
        remedy = "give the manifest of their deployment; or no file, and read this one's posts: --hub 0x... --epoch N"
        raise Problem(what, remedy, code=ExitCode.USAGE)
    return contracts


def read_law(documents: Sequence[Document], who: Address | None, *, at: Block) -> Law:
    """Return what the contracts judge the slices of these files by; order signers only for who looks."""
    rates, keys = dict[int, int | None](), dict[tuple[Address, int], Address | None]()
    signers, receipts = dict[tuple[Address, int], Address | None](), dict[bytes, SignedReceipt]()
    asked = set[tuple[Address, bytes]]()
    fee_bps = epoch_seconds = 0
    for one in documents:
        facts, batch, settlement = one.facts, one.batch, one.registers.settlement
        fee_bps, epoch_seconds = facts.fee_bps, facts.epoch_seconds
        rates |= {service: found.royalty_bps if found else None for service, found in facts.services.items()}
        keys |= facts.receipt_keys
        receipts |= {signed.receipt.digest(settlement.domain): signed for signed in batch.receipts}
        asked |= {(leaf.provider, leaf.receipt_digest) for leaf in one.leaves}
        if who is not None:
            signers[who, batch.epoch] = _order_signer(settlement, batch, who, at)
    # A slice that one file hides can cite a receipt that another has.
    cited = {(provider, receipts[digest].receipt.epoch) for provider, digest in asked if digest in receipts}
    keys |= {own: documents[0].registers.providers.receipt_key_of(*own, at=at) for own in cited - keys.keys()}
    return Law(fee_bps, epoch_seconds, rates, keys, signers, receipts, documents[0].facts.coin)


def _order_signer(settlement: Settlement, batch: Batch, who: Address, at: Block) -> Address | None:
    lines = CreditLines(settlement.chain, settlement.lines(at=at))
    return lines.order_signer_of(who, settlement.address, batch.hub, batch.vault, batch.epoch, at=at)
