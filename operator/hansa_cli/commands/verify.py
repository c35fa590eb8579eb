"""`hansa verify`: hold batches against the chain, show one account its bill, and challenge what is wrong."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hansa_chain.deployment import Contracts, Deployment
from hansa_chain.errors import ChainProblem
from hansa_chain.rpc import BlockStamp, Chain
from hansa_chain.sender import Sender
from hansa_cli.chain_access import explain_chain
from hansa_cli.origin_view import check_origin
from hansa_cli.private_key import read_guarded_key
from hansa_cli.problem import Problem
from hansa_cli.screen import OUT, busy
from hansa_cli.verify.advice import show_told, show_unjudged, show_unshown
from hansa_cli.verify.check import Check, Tally
from hansa_cli.verify.court import Court
from hansa_cli.verify.document_view import show_document
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
from hansa_cli.verify.law import Law
from hansa_cli.verify.report import show_checks
from hansa_cli.verify.request import (
    Request,
    address_of_option,
    asking_of,
    check_conceded,
    check_request,
    check_vault,
    hidden_epochs,
)
from hansa_cli.verify.sending import Told, judge, send_remedies
from hansa_protocol.identity import Address
from hansa_protocol.signing import address_of


@dataclass(frozen=True, slots=True)
class Seen:
    """Hold what was read at a block: batches with what the chain has of each, and whether the contracts are meant."""

    documents: list[Document]
    contracts: Contracts | None
    origin: list[Check]
    who: Address | None
    at: BlockStamp


def verify_batches(request: Request) -> None:
    """Print claims with their verdicts, a bill, and what to do; raises Problem unless all is right."""
    key = read_guarded_key(request.key_file) if request.key_file else None
    check_request(request)
    files = read_files(request.files) if request.files else []
    try:
        with busy("reading what the chain has of it"):
            seen = _look(request, files, address_of(key) if key else None)
        _verify(request, seen, key)
    except ChainProblem as problem:
        raise explain_chain(problem) from problem


def _look(request: Request, files: Sequence[BatchFile], own: Address | None) -> Seen:
    deployment = Deployment.load(request.manifest) if request.manifest else None
    chain = _connect(request.rpc_url, files, deployment)
    contracts = open_contracts(chain, deployment, files) if deployment else None
    at = chain.stamp("latest")
    who = address_of_option(request.account, "--account") if request.account else own
    documents = _open(request, chain, files, contracts, who=who, at=at)
    origin = [check_origin(deployment, chain, at=at)] if deployment else []
    return Seen(documents, contracts, origin, who, at)


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


def _verify(request: Request, seen: Seen, key: bytes | None) -> None:
    asking = asking_of(request, seen.documents, seen.who)
    checks = seen.origin + [check for document in seen.documents for check in show_document(document, asking, seen.at)]
    with busy("reading guarantees"):
        guaranteed = list(tell_guarantees(seen.documents, asking, at=seen.at))
    for line in guaranteed:
        OUT.print(line, markup=False)
    show_checks(checks)
    with busy("judging what was seen"):
        law, findings = _judge(seen, asking)
    open_ones = _settle(seen, law, findings, key)
    _conclude(checks, open_ones, files=any(one.file for one in seen.documents))


def _judge(seen: Seen, asking: Asking) -> tuple[Law, list[Finding]]:
    law = read_law(seen.documents, seen.who, at=seen.at)
    evidence = gather_evidence((one.batch, one.facts) for one in seen.documents)
    check_conceded(asking, evidence)
    blank = [(one.batch, one.facts.unread) for one in seen.documents if one.facts.missed or one.facts.unread]
    return law, find_wrongs(evidence, law, asking, blank)


def _settle(seen: Seen, law: Law, findings: Sequence[Finding], key: bytes | None) -> int:
    """Print findings, send what is to be sent about them, and return how many are not settled."""
    own = [one for one in findings if seen.who is None or one.sender in (None, seen.who)]
    open_ones = len(findings) - len(own)
    if open_ones:
        OUT.print(f"{open_ones} more finding(s) are for others to challenge: see with their --account")
    contracts, tally = seen.contracts, Tally()
    if contracts is None:
        show_unjudged(own)
        return open_ones + sum(one.wrong for one in own)
    with busy("reading what holds for cases"):
        court = Court(contracts, contracts.settlement.params(at=seen.at), law)
    for told in _act(court, Sender(contracts.settlement.chain, key) if key else None, own):
        # What was sent is always told: it cost something.
        if tally.shows(told.remedy.finding.challenge) or told.tx_hash:
            show_told(told, law.coin)
        open_ones += not told.after.settled
    show_unshown(tally)
    return open_ones


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
