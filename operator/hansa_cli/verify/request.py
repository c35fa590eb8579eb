"""What a person asks of `hansa verify`, and what is missing of it before anything is read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from hansa_cli.problem import ExitCode, Problem
from hansa_cli.verify.documents import BatchFile, Document
from hansa_cli.verify.evidence import PartEvidence
from hansa_cli.verify.findings import Asking
from hansa_cli.verify.papers import read_ious, read_orders
from hansa_operator.api.hub import VaultRef
from hansa_protocol.batch import Batch
from hansa_protocol.batch_json import bytes32_of
from hansa_protocol.claimed import EPOCH_BITS
from hansa_protocol.eip712 import Iou
from hansa_protocol.identity import Address, AddressError, parse_address


@dataclass(frozen=True, slots=True)
class Request:
    """Hold what was typed; with a key file, what is wrong is challenged.

    `doubted` are ids of jobs to dispute, `conceded` those whose disputes the account gives way to.

    Of `hub` and `epochs` the chain alone is read where no file is about them.
    """

    files: Sequence[Path]
    rpc_url: str
    account: str | None = None
    services: str | None = None
    manifest: Path | None = None
    ious: Path | None = None
    orders: Path | None = None
    doubted: Sequence[str] = ()
    conceded: Sequence[str] = ()
    key_file: Path | None = None
    hub: str | None = None
    epochs: Sequence[int] = ()


def check_request(request: Request) -> None:
    """Raise Problem for what cannot be done without more."""
    if request.key_file is not None and request.manifest is None:
        what = "to send a challenge, its contract has to be known"
        raise Problem(what, "give the deployment's manifest: --manifest FILE", code=ExitCode.USAGE)
    if request.conceded and request.manifest is None:
        what = "to see what is disputed, its contract has to be known"
        raise Problem(what, "give the deployment's manifest: --manifest FILE", code=ExitCode.USAGE)
    if beyond := [epoch for epoch in request.epochs if epoch.bit_length() > EPOCH_BITS]:
        what = f"epoch {beyond[0]} is beyond all that a chain counts"
        raise Problem(what, "give the number of an epoch, as a bill or an IOU has it", code=ExitCode.USAGE)
    if request.hub or request.epochs:
        needed = {"--hub": request.hub, "--epoch": request.epochs, "--manifest": request.manifest}
        if missing := [option for option, given in needed.items() if not given]:
            verb = "are" if len(missing) > 1 else "is"
            what = f"to read from the chain what a hub posted, {' and '.join(missing)} {verb} missing"
            raise Problem(what, "give --hub 0x... --epoch N --manifest FILE", code=ExitCode.USAGE)
    elif not request.files:
        remedy = (
            "give batch files of the hub; if it shows none, --hub 0x... --epoch N --manifest FILE reads what it posted "
            "from the chain"
        )
        raise Problem("there is nothing to verify", remedy, code=ExitCode.USAGE)


def hidden_epochs(request: Request, files: Iterable[BatchFile], vault: Address) -> list[tuple[Address, int]]:
    """Return the hub and the epochs that no file is about; raises Problem when the hub is no address."""
    if request.hub is None:
        return []
    hub = address_of_option(request.hub, "--hub")
    shown = {(file.batch.hub, file.batch.vault, file.batch.epoch) for file in files}
    return [(hub, epoch) for epoch in sorted(set(request.epochs)) if (hub, vault, epoch) not in shown]


def check_vault(batches: Iterable[Batch]) -> None:
    """Raise Problem for batches of several vaults: they have nothing to do with each other, not even the unit."""
    vaults = sorted({batch.vault for batch in batches})
    if len(vaults) > 1:
        what = f"the batches are of several vaults: {', '.join(vaults)}"
        raise Problem(what, "verify those of each vault by themselves", code=ExitCode.USAGE)


def nothing_posted(document: Document, last_epoch: int | None) -> Problem:
    """Return what a person meets that asks for an epoch of which there is nothing on chain."""
    batch, facts = document.batch, document.facts
    last = f"its last is {last_epoch}" if last_epoch is not None else "it never posted: see whether that is its address"
    what = f"hub {batch.hub} has posted nothing of epoch {batch.epoch} in vault {batch.vault}; {last}"
    if facts.now < batch.epoch * facts.epoch_seconds:
        return Problem(f"{what}: that epoch has not begun", "give an epoch that has, as a bill or an IOU names it")
    if not facts.missed:
        return Problem(what, f"it can be posted for {facts.deadline - facts.now} s more: look again")
    return Problem(what, "nobody was charged; whoever has the hub's IOU for this epoch claims with --ious FILE")


def promises(ious: Iterable[tuple[Iou, bytes]], document: Document) -> bool:
    """Return whether there are IOUs over a document's epoch."""
    batch = document.batch
    return any((iou.hub, iou.vault, iou.epoch) == (batch.hub, batch.vault, batch.epoch) for iou, _ in ious)


def address_of_option(text: str, option: str) -> Address:
    """Return the address that an option has; raises Problem."""
    try:
        return parse_address(text)
    except AddressError as wrong:
        raise Problem(f"{option}: {wrong}", "give 0x and 40 hex digits", code=ExitCode.USAGE) from wrong


def asking_of(request: Request, documents: Sequence[Document], who: Address | None) -> Asking:
    """Return who looks, with what its files and options say."""
    batch, coin = documents[0].batch, documents[0].facts.coin
    # A token's own symbol may be anything; only the decimals are read here.
    vault = VaultRef(address=batch.vault, token=coin.token, symbol="-", decimals=coin.decimals)
    return Asking(
        account=who,
        orders=read_orders(request.orders, batch, vault) if request.orders else None,
        ious=read_ious(request.ious) if request.ious else (),
        doubted=frozenset(_doubted_job(text, documents, who) for text in request.doubted),
        conceded=frozenset(_job(text, "--concede") for text in request.conceded),
    )


def _doubted_job(text: str, documents: Sequence[Document], who: Address | None) -> bytes:
    """Return the id of a job that is disputed; raises Problem unless a slice of it charges the account that looks."""
    job = _job(text, "--dispute")
    if who is None:
        raise _nobody("--dispute: only the account that a job charges can dispute it")
    if not any((leaf.job_id, leaf.customer) == (job, who) for one in documents for leaf in one.leaves):
        remedy = "give the id of a job on the account's bill, and the file of its epoch"
        raise Problem(f"--dispute: no slice of job {text} charges {who}", remedy, code=ExitCode.USAGE)
    return job


def check_conceded(asking: Asking, parts: Iterable[PartEvidence]) -> None:
    """Raise Problem unless of each job that the account concedes it has, or charged, a slice that was disputed."""
    who = asking.account
    if asking.conceded and who is None:
        raise _nobody("--concede: only a slice's provider or its hub can concede")
    disputed = (
        one.leaf.job_id
        for part in parts
        for one in part.leaves()
        if one.index in part.disputed and who in (one.leaf.provider, part.batch.hub)
    )
    if undisputed := asking.conceded.difference(disputed):
        what = f"--concede: no slice of job 0x{min(undisputed).hex()} that {who} could concede was disputed"
        remedy = "give the id of a job that HELD is said of, as its provider or as the hub, and the file of its epoch"
        raise Problem(what, remedy, code=ExitCode.USAGE)


def _nobody(what: str) -> Problem:
    return Problem(what, "say which: --account 0x..., or --send --key-file FILE", code=ExitCode.USAGE)


def _job(text: str, option: str) -> bytes:
    try:
        return bytes32_of(text)
    except ValueError as wrong:
        raise Problem(f"{option}: {wrong}", "give a job's id: 0x and 64 hex digits", code=ExitCode.USAGE) from wrong
