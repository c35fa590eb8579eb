"""`hansa chain audit`: rebuild what everybody has from events alone, and hold it against the contracts."""

from collections.abc import Mapping

from hansa_chain.audit.books import Books
from hansa_chain.audit.reading import fetch_events, find_answers
from hansa_chain.audit.scope import Scope, fetch_scope
from hansa_chain.deployment import Deployment
from hansa_chain.errors import ChainProblem
from hansa_chain.rpc import BlockStamp, Chain
from hansa_chain.token import Token
from hansa_cli.audit_view import Audit, explain_differences, list_audit, plain_audit
from hansa_cli.chain_access import explain_chain
from hansa_cli.chain_subject import Subject, choose_node
from hansa_cli.coin import Coin, read_coin
from hansa_cli.listing import Format, print_document, print_listing
from hansa_cli.origin_view import check_origin, explain_origin
from hansa_cli.screen import ERR, OUT, Steps
from hansa_protocol.identity import Address


def audit_chain(subject: Subject, rpc_url: str | None, *, only_differences: bool, form: Format) -> None:
    """Print the comparison; raises Problem when something differs."""
    try:
        with Steps(ERR) as steps:
            audit = run_audit(Chain.connect(choose_node(rpc_url), chain_id=subject.chain_id), subject, steps)
    except ChainProblem as problem:
        raise explain_chain(problem) from problem
    shown = audit.differences if only_differences else audit.findings
    if form is not Format.TABLE:
        print_document(plain_audit(audit, shown), form)
    else:
        if shown:
            print_listing(list_audit(audit, shown))
        OUT.print(audit.verdict)
        if audit.terms:
            OUT.print(audit.terms, markup=False)
    if audit.differences:
        raise explain_differences(audit)


def run_audit(chain: Chain, subject: Subject, steps: Steps) -> Audit:
    """Return the comparison at the newest block; raises ChainProblem."""
    at = chain.stamp("latest")
    terms = _trust(subject.deployment, chain, at) if subject.deployment else ""
    scope = fetch_scope(chain, subject.named, at=at)
    books, events = Books(scope), 0
    with steps.step("events", "reading events") as note:
        found = fetch_events(
            chain,
            scope.contracts,
            first_block=subject.first_block,
            at=at,
            progress=lambda done, of: note.say(f"block {done} of {of}"),
        )
        for occurrence in found:
            books.enter(occurrence)
            events += 1
    with steps.step("answers", "asking the contracts") as note:
        entries = tuple(books.entries(at.timestamp))
        findings = find_answers(chain, entries, at=at, progress=lambda done, of: note.say(f"{done} of {of}"))
    names = {scope.treasury: "treasury", **scope.contracts}
    return Audit(at.number, events, findings, names, _coins(chain, scope, at), terms)


def _trust(deployment: Deployment, chain: Chain, at: BlockStamp) -> str:
    """Return the terms of contracts that are what is meant: others could say of themselves what they like."""
    deployment.verify(chain, at=at)
    origin = check_origin(deployment, chain, at=at)
    if not origin.true:
        raise explain_origin(origin)
    return origin.seen


def _coins(chain: Chain, scope: Scope, at: BlockStamp) -> Mapping[Address, Coin]:
    return {vault: read_coin(Token(chain, token), at=at) for vault, token in scope.tokens.items()}
