"""`hansa verify`: hold batch files against the chain, show one account its bill, and challenge what is wrong."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from hansa_chain.errors import ChainProblem
from hansa_chain.rpc import BlockStamp, Chain
from hansa_chain.sender import Sender
from hansa_chain.token import Token
from hansa_cli.chain_access import explain_chain
from hansa_cli.listing import print_listing
from hansa_cli.private_key import read_guarded_key
from hansa_cli.problem import ExitCode, Problem
from hansa_cli.screen import OUT
from hansa_cli.verify.advice import show_told, show_unjudged
from hansa_cli.verify.bill import bill_checks, bill_of
from hansa_cli.verify.check import Check
from hansa_cli.verify.court import Court
from hansa_cli.verify.documents import Document, open_contracts, open_document, read_files, read_law
from hansa_cli.verify.evidence import gather_evidence
from hansa_cli.verify.findings import Asking, Finding, find_wrongs
from hansa_cli.verify.papers import read_ious, read_orders
from hansa_cli.verify.report import list_bill, show_checks
from hansa_cli.verify.sending import Told, judge, send_remedies
from hansa_operator.api.hub import VaultRef
from hansa_protocol.batch_json import bytes32_of
from hansa_protocol.identity import Address, AddressError, parse_address
from hansa_protocol.signing import address_of


@dataclass(frozen=True, slots=True)
class Request:
    """Hold what was typed; with a key file, what is wrong is challenged. `doubted` are ids of jobs to dispute."""

    files: Sequence[Path]
    rpc_url: str
    account: str | None = None
    services: str | None = None
    manifest: Path | None = None
    ious: Path | None = None
    orders: Path | None = None
    doubted: Sequence[str] = ()
    key_file: Path | None = None


@dataclass(frozen=True, slots=True)
class Coin:
    """Say how amounts are shown."""

    token: Address
    symbol: str
    decimals: int


def verify_batches(request: Request) -> None:
    """Print claims with their verdicts, a bill, and what to do; raises Problem unless all is right."""
    key = read_guarded_key(request.key_file) if request.key_file else None
    if key and request.manifest is None:
        what = "to send a challenge, its contract has to be known"
        raise Problem(what, "give the deployment's manifest: --manifest FILE", code=ExitCode.USAGE)
    files = read_files(request.files)
    try:
        chain = Chain.connect(request.rpc_url, chain_id=files[0].batch.chain_id)
        at = chain.stamp("latest")
        services = _services(request, chain, files[0].batch.settlement)
        documents = [open_document(chain, file, services, at=at) for file in files]
        _verify(request, documents, key, at)
    except ChainProblem as problem:
        raise explain_chain(problem) from problem


def _verify(request: Request, documents: list[Document], key: bytes | None, at: BlockStamp) -> None:
    first = documents[0]
    typed = _address(request.account, "--account") if request.account else None
    who = typed or (address_of(key) if key else None)
    coin = _coin(first, at)
    asking = _asking(request, documents, coin, who)
    checks = [check for document in documents for check in _check(document, asking, coin, at)]
    show_checks(checks)
    law = read_law(documents, who, at=at)
    findings = find_wrongs(gather_evidence((one.batch, one.facts) for one in documents), law, asking)
    own = [one for one in findings if who is None or one.sender in (None, who)]
    open_ones = len(findings) - len(own)
    if open_ones:
        OUT.print(f"{open_ones} more finding(s) are for others to challenge: see with their --account")
    if request.manifest is None:
        show_unjudged(own)
        open_ones += len(own)
    else:
        contracts = open_contracts(first.registers.settlement.chain, request.manifest, first.batch.settlement)
        court = Court(contracts, contracts.settlement.params(at=at), law)
        for told in _act(court, Sender(contracts.settlement.chain, key) if key else None, own):
            show_told(told, coin.decimals)
            open_ones += not told.after.settled
    _conclude(checks, open_ones)


def _act(court: Court, sender: Sender | None, findings: Sequence[Finding]) -> Iterator[Told]:
    """Yield how each finding stands, after what could be sent about it was sent."""
    if sender is not None:
        yield from send_remedies(court, sender, findings)
        return
    for finding in findings:
        remedy = judge(court, finding)
        yield Told(remedy, remedy)


def _conclude(checks: list[Check], open_ones: int) -> None:
    false = [check for check in checks if not check.true]
    if false:
        what = f"{len(false)} claim(s) are false, the first: {false[0].claim}: {false[0].seen}"
        raise Problem(what, "keep the file: it is the evidence for a challenge")
    if open_ones:
        raise Problem(f"{open_ones} finding(s) are not settled", "keep the files: they are the evidence")


def _check(document: Document, asking: Asking, coin: Coin, at: BlockStamp) -> list[Check]:
    batch = document.batch
    leaves = sum(len(part.leaves) for part in batch.parts)
    OUT.print(f"epoch {batch.epoch} of hub {batch.hub}: {leaves} slices, {len(batch.receipts)} receipts", markup=False)
    OUT.print(f"settlement {batch.settlement} on chain {batch.chain_id}, read at block {at.number}", markup=False)
    OUT.print("Is that the settlement that your credit line or your bond names? Nothing here can know it for you.\n")
    checks = list(document.checks())
    if asking.account is not None:
        bill = bill_of(batch, document.facts, asking.account)
        print_listing(list_bill(bill, batch, coin.symbol, coin.decimals))
        checks += bill_checks(bill, batch, asking.ious)
    return checks


def _asking(request: Request, documents: Sequence[Document], coin: Coin, who: Address | None) -> Asking:
    batch = documents[0].batch
    # A token's own symbol may be anything; only the decimals are read here.
    vault = VaultRef(address=batch.vault, token=coin.token, symbol="-", decimals=coin.decimals)
    return Asking(
        account=who,
        orders=read_orders(request.orders, batch, vault) if request.orders else None,
        ious=read_ious(request.ious) if request.ious else (),
        doubted=frozenset(_doubted(text, documents, who) for text in request.doubted),
    )


def _doubted(text: str, documents: Sequence[Document], who: Address | None) -> bytes:
    """Return the id of a job that is disputed; raises Problem unless a slice of it charges the account that looks."""
    job = _job(text)
    if who is None:
        remedy = "say which: --account 0x..., or --send --key-file FILE"
        raise Problem("--dispute: only the account that a job charges can dispute it", remedy, code=ExitCode.USAGE)
    leaves = (leaf for one in documents for leaf in one.batch.leaves)
    if not any((leaf.job_id, leaf.customer) == (job, who) for leaf in leaves):
        remedy = "give the id of a job on the account's bill, and the file of its epoch"
        raise Problem(f"--dispute: no slice of job {text} charges {who}", remedy, code=ExitCode.USAGE)
    return job


def _coin(document: Document, at: BlockStamp) -> Coin:
    registers = document.registers
    token = Token(registers.vault.chain, registers.vault.token(at=at))
    return Coin(token.address, token.symbol(at=at), token.decimals(at=at))


def _services(request: Request, chain: Chain, settlement: Address) -> Address | None:
    if request.services:
        return _address(request.services, "--services")
    return open_contracts(chain, request.manifest, settlement).services.address if request.manifest else None


def _address(text: str, option: str) -> Address:
    try:
        return parse_address(text)
    except AddressError as wrong:
        raise Problem(f"{option}: {wrong}", "give 0x and 40 hex digits", code=ExitCode.USAGE) from wrong


def _job(text: str) -> bytes:
    try:
        return bytes32_of(text)
    except ValueError as wrong:
        raise Problem(f"--dispute: {wrong}", "give a job's id: 0x and 64 hex digits", code=ExitCode.USAGE) from wrong
