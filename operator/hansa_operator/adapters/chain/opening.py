"""Connect to a hub's node and check that its contracts are there. This blocks."""

from dataclasses import asdict, dataclass
from pathlib import Path

import structlog

from hansa_chain.challenges import Challenges
from hansa_chain.claims import Claims
from hansa_chain.credit_lines import CreditLines
from hansa_chain.deployment import Deployment
from hansa_chain.disputes import Disputes
from hansa_chain.errors import DeploymentInvalid
from hansa_chain.origin import find_strangers
from hansa_chain.providers import Providers
from hansa_chain.rpc import Chain as Node
from hansa_chain.services import Services
from hansa_chain.settlement import Settlement
from hansa_chain.statements import Statements
from hansa_operator.adapters.chain.reads import Contracts, Court
from hansa_operator.ports.chain import ChainUnreachable
from hansa_protocol.identity import Address

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ContractAddresses:
    """Say where a hub's contracts are; those of challenges may be left out, or be a manifest's."""

    settlement: Address
    credit_lines: Address
    providers: Address
    services: Address
    challenges: Address | None = None
    statements: Address | None = None
    disputes: Address | None = None
    claims: Address | None = None


def connect(url: str, chain_id: int, addresses: ContractAddresses, manifest: Path | None) -> Contracts:
    """Return the adapters of contracts that are there for good, and as a deployment's manifest says if there is one.

    Raises ChainProblem, or the port's own exceptions.
    """
    node = Node.connect(url, chain_id=chain_id)
    _check_code(node, addresses.settlement)
    known = _check_manifest(node, addresses, manifest) if manifest is not None else addresses
    settlement = Settlement(node, addresses.settlement)
    return Contracts(
        settlement,
        CreditLines(node, addresses.credit_lines),
        Providers(node, addresses.providers),
        Services(node, addresses.services),
        _court(settlement, known),
    )


def _court(settlement: Settlement, known: ContractAddresses) -> Court | None:
    """Return the contracts of challenges; None where one of them is not known."""
    named = (known.challenges, known.statements, known.disputes, known.claims)
    challenges, statements, disputes, claims = named
    if challenges is None or statements is None or disputes is None or claims is None:
        return None
    for address in (challenges, statements, disputes, claims):
        if not settlement.is_challenge(address, at="latest"):
            raise DeploymentInvalid(
                f"settlement {settlement.address} takes no challenges from {address}: correct the Hub's "
                "contracts.challenges, contracts.statements, contracts.disputes and contracts.claims"
            )
    node = settlement.chain
    return Court(
        Challenges(node, challenges), Statements(node, statements), Disputes(node, disputes), Claims(node, claims)
    )


def _check_manifest(node: Node, addresses: ContractAddresses, manifest: Path) -> ContractAddresses:
    """Return the addresses of a manifest that the chain and the Hub agree with."""
    deployment = Deployment.load(manifest)
    deployment.verify(node, at="finalized")
    if strangers := find_strangers(deployment, node, at="finalized"):
        # Another version may have deployed them: its admin knows.
        log.warning("contracts are not made of this version's code, see hansa chain audit", contracts=strangers)
    known = {name: getattr(deployment, name) for name in asdict(addresses)}
    for name, named in asdict(addresses).items():
        if named not in (None, known[name]):
            raise DeploymentInvalid(
                f"the Hub's contracts.{name} is {named}, and {manifest} says {known[name]}: correct the Hub, or give "
                "the manifest of its deployment"
            )
    return ContractAddresses(**known)


def _check_code(node: Node, settlement: Address) -> None:
    if not node.code(settlement, at="latest"):
        raise DeploymentInvalid(
            f"chain {node.chain_id} has no contract at {settlement}: it was started anew, or the Hub's "
            "contracts.settlement is wrong; deploy again or correct it"
        )
    # Money is read at final blocks, and a block before the deployment would look like a wrong address.
    if not node.code(settlement, at="finalized"):
        raise ChainUnreachable(f"the contract at {settlement} is new and its block not final yet: wait")
