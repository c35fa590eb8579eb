"""The operator's port to the chain as tests use it."""

from hashlib import sha256

from hansa_chain.deploy import deploy_development
from hansa_operator.adapters.chain import ContractAddresses, EvmChain, open_chain
from hansa_operator.ports.chain import SentTx
from hansa_protocol.batch import Batch, encode_batch
from hansa_protocol.units import Wei
from tests.fixtures.anvil import ACCOUNTS, CHAIN_ID, WHOLE, Anvil
from tests.integration.chain.market import Market


def places(market: Market) -> ContractAddresses:
    deployment = market.deployment
    return ContractAddresses(deployment.settlement, deployment.credit_lines, deployment.providers, deployment.services)


async def open_as(name: str, market: Market) -> EvmChain:
    key = ACCOUNTS[name].key
    return await open_chain(market.anvil.url, chain_id=CHAIN_ID, hub_key=key, contracts=places(market))


def market_on(node: Anvil) -> Market:
    """Return a market on a node that a test may upset."""
    for one in ACCOUNTS.values():
        node.fund(one.address)
    tokens = {ACCOUNTS[name].address: Wei(1_000 * WHOLE) for name in ("hub", "ada")}
    deployment = deploy_development(node.chain, ACCOUNTS["deployer"].key, mint=tokens)
    return Market(node, deployment.contracts(node.chain), deployment)


class Intents:
    """Record what is about to be sent, and whether the node knew it then."""

    def __init__(self, anvil: Anvil) -> None:
        self._anvil = anvil
        self.sent: list[SentTx] = []
        self.known_before: list[bool] = []

    async def __call__(self, sent: SentTx) -> None:
        found = self._anvil.chain.request("eth_getTransactionByHash", sent.tx_hash)
        self.known_before.append(found is not None)
        self.sent.append(sent)


def digest(batch: Batch) -> str:
    return sha256(encode_batch(batch)).hexdigest()


def wait_mined(market: Market, *sent: SentTx) -> None:
    """Wait for blocks with these transactions: a node makes them only after it has answered."""
    for one in sent:
        market.sender("hub").wait_mined(one.tx_hash)


def lend(market: Market, *names: str) -> None:
    market.bond()
    for name in names:
        market.deposit(name, 50 * WHOLE)
    market.lend(*names)
    market.anvil.finalize()
