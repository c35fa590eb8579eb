"""`hansa chain audit`: rebuild what everybody has from events alone, and hold it against the contracts."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hansa_chain.audit.books import Books
from hansa_chain.audit.reading import fetch_events, find_answers
from hansa_chain.audit.scope import Scope, fetch_scope
from hansa_chain.deployment import Deployment
from hansa_chain.errors import ChainProblem
from hansa_chain.rpc import BlockStamp, Chain
from hansa_chain.token import Token
from hansa_cli.audit_view import Audit, explain_differences, list_audit, plain_audit
from hansa_cli.chain_access import RPC_VARIABLE, explain_chain
from hansa_cli.listing import Format, print_document, print_listing
from hansa_cli.problem import ExitCode, Problem
from hansa_cli.sandbox.home import Home, load_record
from hansa_cli.screen import ERR, OUT, Steps
from hansa_protocol.identity import Address, AddressError, parse_address


@dataclass(frozen=True, slots=True)
class Subject:
    """Say what to audit: contracts by name, the chain, and the block that their events begin at."""

    named: tuple[tuple[str, Address], ...]
    chain_id: int
    first_block: int
    deployment: Deployment | None = None
    """What a manifest says of the contracts' code; without one nothing is known of it."""


def from_manifest(given: Path | None) -> Subject:
    """Return what a manifest describes, by default the sandbox's own."""
    try:
        deployment = Deployment.load(given or Home.chosen().deployment)
    except ChainProblem as problem:
        remedy = "give --manifest FILE, or the addresses: --contract Settlement=0x... --contract Vault=0x..."
        raise Problem(str(problem), remedy, code=ExitCode.NOT_FOUND) from problem
    named = tuple((name, place.address) for name, place in deployment.places.items())
    return Subject(named, deployment.chain_id, deployment.block_number, deployment)


def from_addresses(contracts: Sequence[str], chain_id: int | None, first_block: int | None) -> Subject:
    """Return what NAME=ADDRESS texts describe; raises Problem for what is missing or no address."""
    if chain_id is None or first_block is None:
        what = "addresses alone do not say on which chain the contracts are, and since when"
        raise Problem(what, "add --chain-id and --from-block", code=ExitCode.USAGE)
    pairs = [text.partition("=") for text in contracts]
    try:
        named = tuple((name, parse_address(address)) for name, _, address in pairs)
    except AddressError as wrong:
        remedy = "write a contract as NAME=0x..., for example Vault=0x..."
        raise Problem(str(wrong), remedy, code=ExitCode.USAGE) from wrong
    return Subject(named, chain_id, first_block)


def audit_chain(subject: Subject, rpc_url: str | None, *, only_differences: bool, form: Format) -> None:
    """Print the comparison; raises Problem when something differs."""
    try:
        with Steps(ERR) as steps:
            audit = run_audit(Chain.connect(_find_node(rpc_url), chain_id=subject.chain_id), subject, steps)
    except ChainProblem as problem:
        raise explain_chain(problem) from problem
    shown = audit.differences if only_differences else audit.findings
    if form is not Format.TABLE:
        print_document(plain_audit(audit, shown), form)
    else:
        if shown:
            print_listing(list_audit(audit, shown))
        OUT.print(audit.verdict)
    if audit.differences:
        raise explain_differences(audit)


def run_audit(chain: Chain, subject: Subject, steps: Steps) -> Audit:
    """Return the comparison at the newest block; raises ChainProblem."""
    at = chain.stamp("latest")
    if subject.deployment is not None:
        # What answers must be the contracts that are meant: others could say of themselves what they like.
        subject.deployment.verify(chain, at=at)
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
    return Audit(at.number, events, findings, names, _tokens(chain, scope, at))


def _find_node(given: str | None) -> str:
    """Return the node given, else $HANSA_RPC_URL, else the sandbox's."""
    chosen = given or os.environ.get(RPC_VARIABLE)
    if chosen:
        return chosen
    record = load_record(Home.chosen())
    if record is None or not record.chain_url:
        raise Problem("no node is known", f"give --rpc-url URL, or set {RPC_VARIABLE}", code=ExitCode.UNREACHABLE)
    return record.chain_url


def _tokens(chain: Chain, scope: Scope, at: BlockStamp) -> Mapping[Address, tuple[str, int]]:
    tokens = {vault: Token(chain, token) for vault, token in scope.tokens.items()}
    return {vault: (token.symbol(at=at), token.decimals(at=at)) for vault, token in tokens.items()}
