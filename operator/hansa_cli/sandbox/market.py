"""The market on chain: contracts, tokens, deposits, bonds, a published product, and the lines that customers sign."""

import time
from collections.abc import Iterator
from typing import Any

from hansa_chain.contract import Call
from hansa_chain.deploy import deploy_development
from hansa_chain.deployment import Contracts, Deployment
from hansa_chain.errors import ChainProblem
from hansa_chain.rpc import Chain
from hansa_chain.sender import Sender
from hansa_cli.chain_access import explain_chain
from hansa_cli.sandbox.cast import Cast, Customer
from hansa_cli.sandbox.keys import Keys
from hansa_cli.sandbox.manifests import OnChain
from hansa_cli.sandbox.product import Archive
from hansa_protocol.eip712 import Line
from hansa_protocol.identity import ZERO_ADDRESS, Address
from hansa_protocol.signing import sign
from hansa_protocol.units import Wei, parse_amount

DECIMALS = 18
LINE_SECONDS = 30 * 86_400
OPENING_SECONDS = 86_400


def open_market(chain: Chain, cast: Cast, keys: Keys, archive: Archive) -> Deployment:
    """Deploy the contracts and make everybody's first transactions; returns once all are mined."""
    try:
        holders = [role for role in cast.roles if role.startswith(("customer-", "provider-")) or role == "hub"]
        mint = {keys.address(role): _wei(cast.wallet) for role in holders}
        treasury = keys.address("treasury")
        deployment = deploy_development(chain, keys.by_role["deployer"], treasury=treasury, mint=mint)
        _send_all(chain, keys, list(_first_calls(cast, keys, deployment.contracts(chain), archive)))
    except ChainProblem as problem:
        raise explain_chain(problem) from problem
    return deployment


def _first_calls(cast: Cast, keys: Keys, contracts: Contracts, archive: Archive) -> Iterator[tuple[str, Call]]:
    """Yield who sends what, in order."""
    vault = contracts.vault.address
    for customer in cast.customers:
        role, amount = f"customer-{customer.namespace}", _wei(customer.deposit)
        yield role, contracts.token.approve(vault, amount)
        yield role, contracts.vault.deposit(keys.address(role), amount)
    for merchant in cast.providers:
        role, amount = f"provider-{merchant.name}", _wei(merchant.bond)
        yield role, contracts.token.approve(contracts.providers.address, amount)
        yield role, contracts.providers.register(vault, amount, keys.address(f"receipt-{merchant.name}"))
    bond, product = _wei(cast.hub_bond), cast.product
    yield "hub", contracts.token.approve(contracts.settlement.address, bond)
    yield "hub", contracts.settlement.deposit_bond(vault, keys.address("hub"), bond)
    yield (
        "publisher",
        contracts.services.publish(
            product.name,
            product.version,
            payout=keys.address("publisher"),
            royalty_bps=product.royalty_bps,
            content_digest=bytes.fromhex(archive.sha256),
        ),
    )


def _send_all(chain: Chain, keys: Keys, calls: list[tuple[str, Call]]) -> None:
    senders = {role: Sender(chain, keys.by_role[role]) for role, _ in calls}
    sent = [(role, senders[role].send(call)) for role, call in calls]
    for role, transaction in sent:
        senders[role].wait_mined(transaction.tx_hash)


def sign_line(
    customer: Customer, keys: Keys, deployment: Deployment, chain: Chain, *, order_signer: Address = ZERO_ADDRESS
) -> dict[str, Any]:
    """Return the authorization that a customer signs for its namespace, as a CreditLine holds it."""
    contracts = deployment.contracts(chain)
    account, now = keys.address(f"customer-{customer.namespace}"), int(time.time())
    line = Line(
        customer=account,
        settlement=deployment.settlement,
        hub=keys.address("hub"),
        vault=deployment.vault,
        tenant=customer.namespace,
        cap_per_epoch=_wei(customer.cap_per_epoch),
        expires_at=now + LINE_SECONDS,
        order_signer=order_signer,
        nonce=contracts.credit_lines.nonce_of(account, deployment.vault, at="latest"),
        valid_until=now + OPENING_SECONDS,
    )
    signature = sign(line.digest(contracts.credit_lines.domain), keys.by_role[f"customer-{customer.namespace}"])
    return {
        "customer": line.customer,
        "settlement": line.settlement,
        "vault": line.vault,
        "capPerEpoch": customer.cap_per_epoch,
        "expiresAt": line.expires_at,
        **({"orderSigner": order_signer} if order_signer != ZERO_ADDRESS else {}),
        "tenant": line.tenant,
        "nonce": line.nonce,
        "validUntil": line.valid_until,
        "signature": "0x" + signature.hex(),
    }


def on_chain(deployment: Deployment, chain: Chain, hub: Address) -> OnChain:
    """Return what the cluster's objects say about the chain."""
    symbol = deployment.contracts(chain).token.symbol(at="latest")
    return OnChain(
        chain_id=deployment.chain_id,
        hub=hub,
        settlement=deployment.settlement,
        credit_lines=deployment.credit_lines,
        providers=deployment.providers,
        services=deployment.services,
        challenges=deployment.challenges,
        statements=deployment.statements,
        disputes=deployment.disputes,
        claims=deployment.claims,
        vault=deployment.vault,
        token=deployment.token,
        symbol=symbol,
        decimals=DECIMALS,
    )


def _wei(text: str) -> Wei:
    return parse_amount(text, DECIMALS)
