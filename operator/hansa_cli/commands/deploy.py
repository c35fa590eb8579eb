"""`hansa chain deploy`: put the contracts on a chain, or finish what was begun."""

import os
from dataclasses import dataclass
from pathlib import Path

from hansa_chain.deploy import deploy
from hansa_chain.errors import ChainProblem
from hansa_chain.profile import Profile
from hansa_chain.profiles import PROFILES
from hansa_chain.rpc import Chain
from hansa_cli.chain_access import explain_chain
from hansa_cli.listing import Listing, print_listing
from hansa_cli.private_key import read_guarded_key, read_key
from hansa_cli.problem import ExitCode, Problem
from hansa_cli.screen import OUT, Steps
from hansa_protocol.identity import Address, AddressError, parse_address


@dataclass(frozen=True, slots=True)
class Terms:
    """Say what is deployed, as it was typed."""

    profile: str
    token: str
    treasury: str


def deploy_contracts(terms: Terms, rpc_url: str, *, chain_id: int, manifest: Path, key_file: Path | None) -> None:
    """Deploy, write the manifest, and print where everything is; raises Problem with what to do."""
    profile, token, treasury = _profile(terms.profile), _address("token", terms), _address("treasury", terms)
    key = read_guarded_key(key_file) if key_file is not None else read_key(None, "HANSA_DEPLOYER_KEY")
    _check_writable(manifest)
    try:
        chain = Chain.connect(rpc_url, chain_id=chain_id)
        with Steps() as steps, steps.step("deploy", f"contracts with profile {terms.profile} on chain {chain_id}"):
            deployment = deploy(chain, key, profile, token=token, treasury=treasury)
    except ChainProblem as problem:
        raise explain_chain(problem) from problem
    deployment.save(manifest)
    rows = tuple((name, place.address, place.code_hash) for name, place in deployment.places.items())
    print_listing(Listing(f"Contracts on chain {chain_id}", ("CONTRACT", "ADDRESS", "CODE"), rows))
    OUT.print(f"written to {manifest}; the operator checks it at its start: HANSA_DEPLOYMENT={manifest}", markup=False)


def _check_writable(manifest: Path) -> None:
    """Raise Problem unless the manifest can be written: contracts of which nobody knows where they are help nobody."""
    folder = manifest.absolute().parent
    if manifest.is_dir() or not os.access(folder, os.W_OK):
        what = f"{manifest} cannot be written: nothing was deployed"
        raise Problem(what, "give --manifest a file in a folder that is there and yours", code=ExitCode.USAGE)


def _profile(name: str) -> Profile:
    if name not in PROFILES:
        raise Problem(f"there is no profile {name!r}", f"choose one of {', '.join(PROFILES)}", code=ExitCode.USAGE)
    return PROFILES[name]


def _address(option: str, terms: Terms) -> Address:
    try:
        return parse_address(getattr(terms, option))
    except AddressError as wrong:
        raise Problem(f"--{option}: {wrong}", "give 0x and 40 hex digits", code=ExitCode.USAGE) from wrong
