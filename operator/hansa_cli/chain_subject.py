"""Which contracts on which chain a command is about: those of a manifest, or addresses by name."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hansa_chain.deployment import Deployment
from hansa_chain.errors import ChainProblem
from hansa_cli.chain_access import RPC_VARIABLE
from hansa_cli.problem import ExitCode, Problem
from hansa_cli.sandbox.home import Home, load_record
from hansa_protocol.identity import Address, AddressError, parse_address


@dataclass(frozen=True, slots=True)
class Subject:
    """Name contracts, their chain, and the block that their events begin at."""

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
    if chain_id is None:
        what = "addresses alone do not say on which chain the contracts are"
        raise Problem(what, "add --chain-id", code=ExitCode.USAGE)
    if first_block is None:
        what = "addresses alone do not say since when the contracts are there"
        raise Problem(what, "add --from-block", code=ExitCode.USAGE)
    pairs = [text.partition("=") for text in contracts]
    try:
        named = tuple((name, parse_address(address)) for name, _, address in pairs)
    except AddressError as wrong:
        remedy = "write a contract as NAME=0x..., for example Vault=0x..."
        raise Problem(str(wrong), remedy, code=ExitCode.USAGE) from wrong
    return Subject(named, chain_id, first_block)


def choose_node(given: str | None) -> str:
    """Return the node given, else $HANSA_RPC_URL, else the sandbox's."""
    chosen = given or os.environ.get(RPC_VARIABLE)
    if chosen:
        return chosen
    record = load_record(Home.chosen())
    if record is None or not record.chain_url:
        raise Problem("no node is known", f"give --rpc-url URL, or set {RPC_VARIABLE}", code=ExitCode.UNREACHABLE)
    return record.chain_url
