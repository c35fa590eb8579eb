"""A small market around a hub: a customer whose line asks for orders, a provider that signs receipts, their papers."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

import yaml

from hansa_chain.deploy import deploy_development
from hansa_chain.settlement import PostArgs, PostedPart
from hansa_jobs.wire import IouMessage, IousReply
from hansa_operator.core.order.signed_order import SignedOrder, state_order
from hansa_operator.core.order.signed_work import VERSION
from hansa_protocol.batch import Batch, encode_batch
from hansa_protocol.eip712 import Iou, Order, Receipt
from hansa_protocol.evidence import SignedReceipt
from hansa_protocol.leaf import Leaf
from hansa_protocol.parts import Tariff, net_part
from hansa_protocol.rows import Row
from hansa_protocol.signing import sign
from hansa_protocol.units import Wei
from tests.fixtures.anvil import ACCOUNTS, WHOLE, Anvil, start_anvil
from tests.integration.chain.market import Market, Work, address

CUSTOMER, ORDER_SIGNER, PROVIDER, RECEIPT_KEY, FRIEND = "ada", "ben", "north", "south", "author"
BOND, FULL = 500 * WHOLE, 100 * WHOLE
AMOUNT = 10 * WHOLE


@dataclass
class Scene:
    """Act for everybody; the hub can post whatever it likes. Files of the parties are in `folder`."""

    market: Market
    folder: Path
    orders: list[SignedOrder] = field(default_factory=list)
    numbers: int = 0

    @property
    def rpc_url(self) -> str:
        """Return the node's address."""
        return self.market.anvil.url

    @property
    def manifest(self) -> Path:
        """Return the deployment's manifest."""
        return self.folder / "deployment.json"

    def key_file(self, name: str) -> Path:
        """Return the file with a party's key, for that party alone."""
        path = self.folder / f"{name}.key"
        path.write_text("0x" + ACCOUNTS[name].key.hex() + "\n")
        path.chmod(0o600)
        return path

    def orders_file(self) -> Path:
        """Write what the customer's signer has signed, as `hansa order sign --order-only` prints it."""
        path = self.folder / "orders.yaml"
        path.write_text(yaml.safe_dump_all([state_order(one, decimals=18).manifest() for one in self.orders]))
        return path

    def ious_file(self, iou: Iou) -> Path:
        """Write an IOU that the hub signed, as its gateway answers with it."""
        signature = sign(iou.digest(self.market.contracts.settlement.domain), ACCOUNTS["hub"].key)
        path = self.folder / f"ious-{iou.epoch}.json"
        path.write_text(IousReply(ious=(IouMessage.of(iou, "0x" + signature.hex()),)).model_dump_json())
        return path

    def order(self, most: int = FULL) -> SignedOrder:
        """Sign an order of the customer."""
        self.numbers += 1
        vault, customer = self.market.contracts.vault.address, address(CUSTOMER)
        order = Order(address("hub"), vault, customer, 0, b"\1" * 32, most, self.numbers, 2**40)
        digest = order.digest(self.market.contracts.settlement.domain)
        signed = SignedOrder(order, VERSION, sign(digest, ACCOUNTS[ORDER_SIGNER].key), digest)
        self.orders.append(signed)
        return signed

    def work(self, job_id: bytes, epoch: int, amount: int = AMOUNT) -> tuple[Leaf, SignedReceipt]:
        """Return a slice of a job with the receipt that the provider signed for it."""
        leaf = replace(self.market.leaf(Work(CUSTOMER, PROVIDER, amount), epoch), job_id=job_id)
        receipt = Receipt(
            hub=address("hub"),
            vault=self.market.contracts.vault.address,
            customer=leaf.customer,
            job_id=job_id,
            attempt=0,
            epoch=epoch,
            seq=1,
            from_ms=leaf.from_ms,
            to_ms=leaf.to_ms,
            gpu_milliseconds=20_000,
            provider_amount=leaf.provider_amount,
            outcome=1,
            result_digest=leaf.result_digest,
        )
        digest = receipt.digest(self.market.contracts.settlement.domain)
        return replace(leaf, receipt_digest=digest), SignedReceipt(receipt, sign(digest, ACCOUNTS[RECEIPT_KEY].key))

    def batch(self, epoch: int, leaves: list[Leaf], receipts: list[SignedReceipt]) -> Batch:
        """Return a batch of one part, unchecked: what a dishonest hub would write."""
        deployed, contracts = self.market.deployment, self.market.contracts
        tariff = Tariff({}, deployed.profile.params.fee_bps)
        return Batch(
            chain_id=self.market.anvil.chain.chain_id,
            settlement=contracts.settlement.address,
            hub=address("hub"),
            vault=contracts.vault.address,
            epoch=epoch,
            fee_bps=tariff.fee_bps,
            services=(),
            parts=(net_part(0, leaves, tariff),),
            receipts=tuple(sorted(receipts, key=lambda one: one.receipt.digest(contracts.settlement.domain))),
        )

    def next_epoch(self) -> int:
        """Move to the begin of the next epoch, and return it."""
        epoch = self.market.epoch() + 1
        self.market.anvil.advance_to(epoch * self.market.epoch_seconds)
        return epoch

    def post(self, batch: Batch, debits: tuple[Row, ...] = (), paid: tuple[Row, ...] = ()) -> tuple[Path, PostedPart]:
        """Post a batch, with other rows than its own if they are given; returns its file, and what the chain has."""
        data, part = encode_batch(batch), batch.parts[0]
        path = self.folder / f"batch-{batch.epoch}"
        path.write_bytes(data)
        self.market.end_epoch(batch.epoch)
        args = PostArgs(
            vault=batch.vault,
            epoch=batch.epoch,
            part=0,
            parts=1,
            jobs_root=part.jobs_root,
            leaf_count=len(part.leaves),
            file_digest=sha256(data).digest(),
            secret_hash=batch.secret_hash,
            previous_secret=batch.previous_secret,
        )
        self.market.do("hub", self.market.contracts.settlement.post(args, debits or part.debits, paid or part.credits))
        return path, self.market.posted(batch)

    def bond(self) -> int:
        """Return the hub's bond in wei."""
        vault = self.market.contracts.vault.address
        return self.market.contracts.settlement.bond_of(address("hub"), vault, at="latest").total

    def worth(self, name: str) -> int:
        """Return what a party has in its wallet and in the vault, in wei."""
        token, vault = self.market.contracts.token, self.market.contracts.vault
        who = address(name)
        return token.balance_of(who, at="latest") + vault.balance_of(who, at="latest")


def set_scene(market: Market, folder: Path) -> Scene:
    """Give everybody what they need: the hub its bond, the customer a balance and a line, the provider a bond."""
    contracts = market.contracts
    market.bond(BOND)
    market.deposit(CUSTOMER, FULL)
    line = replace(market.line(CUSTOMER, cap=FULL)[0], order_signer=address(ORDER_SIGNER))
    signature = sign(line.digest(contracts.credit_lines.domain), ACCOUNTS[CUSTOMER].key)
    market.do("hub", contracts.credit_lines.open(line, signature))
    register = contracts.providers.register(contracts.vault.address, Wei(FULL), address(RECEIPT_KEY))
    market.do(PROVIDER, contracts.token.approve(contracts.providers.address, Wei(FULL)), register)
    scene = Scene(market, folder)
    market.deployment.save(scene.manifest)
    return scene


@contextmanager
def open_scene(folder: Path) -> Iterator[Scene]:
    """Run a chain of its own with the scene on it until the block ends."""
    with start_anvil(folder / "anvil.log") as anvil:
        # A second a block: no window closes because this machine is slow.
        anvil.chain.request("anvil_setBlockTimestampInterval", 1)
        yield set_scene(_market(anvil), folder)


def _market(anvil: Anvil) -> Market:
    for one in ACCOUNTS.values():
        anvil.fund(one.address)
    treasury, deployer = ACCOUNTS["treasury"].address, ACCOUNTS["deployer"].key
    mint = {address(name): Wei(1_000 * WHOLE) for name in ("hub", CUSTOMER, PROVIDER)}
    deployment = deploy_development(anvil.chain, deployer, treasury=treasury, mint=mint)
    return Market(anvil, deployment.contracts(anvil.chain), deployment)
