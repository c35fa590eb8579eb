"""Connect to a hub's node and check that its contracts are there. This blocks."""

from dataclasses import asdict, dataclass
from pathlib import Path

from hansa_chain.credit_lines import CreditLines
from hansa_chain.deployment import Deployment
from hansa_chain.errors import DeploymentInvalid
from hansa_chain.providers import Providers
from hansa_chain.rpc import Chain as Node
from hansa_chain.services import Services
from hansa_chain.settlement import Settlement
from hansa_operator.adapters.chain.reads import Contracts
from hansa_operator.ports.chain import ChainUnreachable
from hansa_protocol.identity import Address


@dataclass(frozen=True, slots=True)
class ContractAddresses:
    """Say where a hub's contracts are."""

    settlement: Address
    credit_lines: Address
    providers: Address
    services: Address


def connect(url: str, chain_id: int, addresses: ContractAddresses, manifest: Path | None) -> Contracts:
    """Return the adapters of contracts that are there for good, and as a deployment's manifest says if there is one.

    Raises ChainProblem, or the port's own exceptions.
    """
    node = Node.connect(url, chain_id=chain_id)
    _check_code(node, addresses.settlement)
    if manifest is not None:
        _check_manifest(node, addresses, manifest)
    return Contracts(
        Settlement(node, addresses.settlement),
        CreditLines(node, addresses.credit_lines),
        Providers(node, addresses.providers),
        Services(node, addresses.services),
    )


def _check_manifest(node: Node, addresses: ContractAddresses, manifest: Path) -> None:
    deployment = Deployment.load(manifest)
    deployment.verify(node, at="finalized")
    for name, named in asdict(addresses).items():
        known = getattr(deployment, name)
        if named != known:
            raise DeploymentInvalid(
                f"the Hub's contracts.{name} is {named}, and {manifest} says {known}: correct the Hub, or give the "
                "manifest of its deployment"
            )


def _check_code(node: Node, settlement: Address) -> None:
    if not node.code(settlement, at="latest"):
        raise DeploymentInvalid(
            f"chain {node.chain_id} has no contract at {settlement}: it was started anew, or the Hub's "
            "contracts.settlement is wrong; deploy again or correct it"
        )
    # Money is read at final blocks, and a block before the deployment would look like a wrong address.
    if not node.code(settlement, at="finalized"):
        raise ChainUnreachable(f"the contract at {settlement} is new and its block not final yet: wait")
