"""`hansa verify`: hold batches against the chain, show one account its bill, and challenge what is wrong."""

from collections.abc import Iterator, Sequence

from hansa_chain.deployment import Contracts, Deployment
from hansa_chain.errors import ChainProblem
from hansa_chain.rpc import BlockStamp, Chain
from hansa_chain.sender import Sender
from hansa_cli.chain_access import explain_chain
from hansa_cli.listing import print_listing
from hansa_cli.origin_view import check_origin
from hansa_cli.private_key import read_guarded_key
from hansa_cli.problem import Problem
from hansa_cli.screen import OUT
from hansa_cli.verify.advice import show_told, show_unjudged, show_unshown
from hansa_cli.verify.bill import Bill, bill_checks, bill_of, promise_checks
from hansa_cli.verify.check import Check, Tally
from hansa_cli.verify.court import Court
from hansa_cli.verify.documents import (
    BatchFile,
    Document,
    open_contracts,
    open_document,
    open_epoch,
    read_files,
    read_law,
)
from hansa_cli.verify.evidence import gather_evidence
from hansa_cli.verify.findings import Asking, Finding, find_wrongs
from hansa_cli.verify.guaranteed import tell_guarantees
from hansa_cli.verify.posts import list_posts, tell_cover, tell_rows
from hansa_cli.verify.report import list_bill, show_checks
from hansa_cli.verify.request import (
    Request,
    address_of_option,
    asking_of,
    check_conceded,
    check_request,
    check_vault,
    hidden_epochs,
    nothing_posted,
    promises,
)
from hansa_cli.verify.sending import Told, judge, send_remedies
from hansa_protocol.identity import Address
from hansa_protocol.signing import address_of


def verify_batches(request: Request) -> None:
    """Print claims with their verdicts, a bill, and what to do; raises Problem unless all is right."""
    key = read_guarded_key(request.key_file) if request.key_file else None
    check_request(request)
    files = read_files(request.files) if request.files else []
    try:
        deployment = Deployment.load(request.manifest) if request.manifest else None
        chain = _connect(request.rpc_url, files, deployment)
        contracts = open_contracts(chain, deployment, files) if deployment else None
        at = chain.stamp("latest")
        who = address_of_option(request.account, "--account") if request.account else None
        who = who or (address_of(key) if key else None)
        documents = _open(request, chain, files, contracts, who=who, at=at)
        origin = [check_origin(deployment, chain, at=at)] if deployment else []
        _verify(request, documents, contracts, key, origin, who=who, at=at)
    except ChainProblem as problem:
        raise explain_chain(problem) from problem


def _connect(rpc_url: str, files: Sequence[BatchFile], deployment: Deployment | None) -> Chain:
    ids = [file.batch.chain_id for file in files] + ([deployment.chain_id] if deployment else [])
    return Chain.connect(rpc_url, chain_id=ids[0])


def _open(
    request: Request,
    chain: Chain,
    files: Sequence[BatchFile],
    contracts: Contracts | None,
    *,
    who: Address | None,
    at: BlockStamp,
) -> list[Document]:
    services = contracts.services.address if contracts else None
    if request.services:
        services = address_of_option(request.services, "--services")
    documents = [open_document(chain, file, contracts, services, who=who, at=at) for file in files]
    hidden = hidden_epochs(request, files, contracts.vault.address) if contracts else []
    documents += [open_epoch(contracts, hub, epoch, who=who, at=at) for hub, epoch in hidden if contracts]
    check_vault(document.batch for document in documents)
    return documents


def _verify(
    request: Request,
    documents: list[Document],
    contracts: Contracts | None,
    key: bytes | None,
    origin: list[Check],
    *,
    who: Address | None,
    at: BlockStamp,
) -> None:
    asking = asking_of(request, documents, who)
    checks = origin + [check for document in documents for check in _check(document, asking, at)]
    for line in tell_guarantees(documents, asking, at=at):
        OUT.print(line, markup=False)
    show_checks(checks)
    law = read_law(documents, who, at=at)
    evidence = gather_evidence((one.batch, one.facts) for one in documents)
    check_conceded(asking, evidence)
    blank = [(one.batch, one.facts.unread) for one in documents if one.facts.missed or one.facts.unread]
    findings = find_wrongs(evidence, law, asking, blank)
    own = [one for one in findings if who is None or one.sender in (None, who)]
    open_ones = len(findings) - len(own)
    if open_ones:
        OUT.print(f"{open_ones} more finding(s) are for others to challenge: see with their --account")
    if contracts is None:
        show_unjudged(own)
        open_ones += sum(one.wrong for one in own)
    else:
        court = Court(contracts, contracts.settlement.params(at=at), law)
        tally = Tally()
        for told in _act(court, Sender(contracts.settlement.chain, key) if key else None, own):
            # What was sent is always told: it cost something.
            if tally.shows(told.remedy.finding.challenge) or told.tx_hash:
                show_told(told, law.coin)
            open_ones += not told.after.settled
        show_unshown(tally)
    _conclude(checks, open_ones, files=any(one.file for one in documents))


def _act(court: Court, sender: Sender | None, findings: Sequence[Finding]) -> Iterator[Told]:
    """Yield how each finding stands, after what could be sent about it was sent."""
    if sender is not None:
        yield from send_remedies(court, sender, findings)
        return
    for finding in findings:
        remedy = judge(court, finding)
        yield Told(remedy, remedy)


def _conclude(checks: list[Check], open_ones: int, *, files: bool) -> None:
    evidence = (
        "keep the files: they are the evidence" if files else "the evidence is on chain: challenge while it can be"
    )
    false = [check for check in checks if not check.true]
    if false:
        what = f"{len(false)} claim(s) are false, the first: {false[0].claim}: {false[0].seen}"
        raise Problem(what, evidence)
    if open_ones:
        raise Problem(f"{open_ones} finding(s) are not settled", evidence)


def _check(document: Document, asking: Asking, at: BlockStamp) -> list[Check]:
    batch, facts = document.batch, document.facts
    claimable = facts.missed and promises(asking.ious, document)
    if document.file is None and not any(facts.posted) and not claimable:
        last = document.registers.settlement.last_epoch(batch.hub, batch.vault, at=at)
        raise nothing_posted(document, last.epoch if last else None)
    _show_source(document, at)
    OUT.print(f"settlement {batch.settlement} on chain {batch.chain_id}, read at block {at.number}", markup=False)
    OUT.print("Is that the settlement that your credit line or your bond names? Nothing here can know it for you.\n")
    checks = list(document.checks())
    if asking.account is not None:
        bill = bill_of(batch, facts, asking.account)
        checks += _show_bill(document, bill, asking)
    return checks


def _show_source(document: Document, at: BlockStamp) -> None:
    """Print where slices come from, and without a file what the chain has instead."""
    batch, settlement = document.batch, document.registers.settlement
    if document.file is not None:
        leaves = sum(len(part.leaves) for part in batch.parts)
        about = f"{leaves} slices, {len(batch.receipts)} receipts"
        OUT.print(f"epoch {batch.epoch} of hub {batch.hub}: {about}", markup=False)
        return
    OUT.print(f"epoch {batch.epoch} of hub {batch.hub}: read from the chain alone, without a file", markup=False)
    print_listing(list_posts(batch, document.facts))
    bond = settlement.bond_of(batch.hub, batch.vault, at=at)
    for line in tell_cover(document.facts, bond, settlement.params(at=at).settle_seconds):
        OUT.print(line, markup=False)


def _show_bill(document: Document, bill: Bill, asking: Asking) -> Iterator[Check]:
    batch = document.batch
    if document.file is not None or bill.lines:
        print_listing(list_bill(bill, batch))
    if document.file is not None:
        return bill_checks(bill, batch, asking.ious)
    for line in tell_rows(bill, document.facts):
        OUT.print(line, markup=False)
    # Slices that nobody shows are no sum; what they are for is found row by row.
    return promise_checks(bill, batch, asking.ious)
