"""What the tests of the chain do again and again: deposit, lend, run work, post and finalize."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256

from hansa_chain.contract import Call
from hansa_chain.deployment import Contracts, Deployment
from hansa_chain.outcome import Finalized, Mined
from hansa_chain.sender import Sender
from hansa_chain.settlement import PostedPart
from hansa_protocol.batch import Batch, build_batch, encode_batch
from hansa_protocol.eip712 import Line
from hansa_protocol.identity import ZERO_ADDRESS, Address, job_id, keccak, parse_address
from hansa_protocol.leaf import Leaf, leaf_split
from hansa_protocol.signing import sign
from hansa_protocol.units import UnixMs, Wei, epoch_at, epoch_bounds_ms
from tests.fixtures.anvil import ACCOUNTS, WHOLE, Anvil


@dataclass(frozen=True, slots=True)
class Work:
    """Describe one slice: who ran it for whom (a name or an address), the provider's wei, and the service."""

    customer: str
    provider: str
    amount: int
    service: int = 0
    job: str = "job"
    seq: int = 0
    before: int = 0


@dataclass
class Market:
    """Act for all parties on one chain."""

    anvil: Anvil
    contracts: Contracts
    deployment: Deployment
    royalties: dict[int, tuple[Address, int]] = field(default_factory=dict)
    senders: dict[str, Sender] = field(default_factory=dict)

    @property
    def epoch_seconds(self) -> int:
        return self.deployment.profile.params.epoch

    def sender(self, name: str) -> Sender:
        return self.senders.setdefault(name, Sender(self.anvil.chain, ACCOUNTS[name].key))

    def do(self, name: str, *calls: Call) -> Mined | Finalized:
        """Send calls and wait until they are mined; returns the last one's outcome."""
        sender = self.sender(name)
        outcomes = [sender.wait_mined(sender.send(call).tx_hash) for call in calls]
        return outcomes[-1]

    def deposit(self, name: str, amount: int) -> None:
        token, vault = self.contracts.token, self.contracts.vault
        self.do(name, token.approve(vault.address, Wei(amount)), vault.deposit(address(name), Wei(amount)))

    def bond(self, amount: int = 500 * WHOLE) -> None:
        token, settlement = self.contracts.token, self.contracts.settlement
        bonding = settlement.deposit_bond(self.contracts.vault.address, address("hub"), Wei(amount))
        self.do("hub", token.approve(settlement.address, Wei(amount)), bonding)

    def guarantee(self, name: str, total: int) -> None:
        """Let the hub guarantee a payee so much of its bond."""
        self.do("hub", self.contracts.settlement.guarantee(self.contracts.vault.address, address(name), Wei(total)))

    def line(self, name: str, *, cap: int, nonce: int = 0) -> tuple[Line, bytes]:
        """Return a line that the customer signed."""
        line = self.line_of(address(name), tenant=f"team-{name}", cap=cap, nonce=nonce)
        return line, sign(line.digest(self.contracts.credit_lines.domain), ACCOUNTS[name].key)

    def line_of(self, customer: Address, *, tenant: str, cap: int, nonce: int = 0) -> Line:
        """Return a line towards the hub that nobody signed yet."""
        now = self.anvil.chain.stamp().timestamp
        return Line(
            customer=customer,
            settlement=self.contracts.settlement.address,
            hub=address("hub"),
            vault=self.contracts.vault.address,
            tenant=tenant,
            cap_per_epoch=cap,
            expires_at=now + 10**6,
            order_signer=ZERO_ADDRESS,
            nonce=nonce,
            valid_until=now + 3_600,
        )

    def lend(self, *names: str, cap: int = 100 * WHOLE) -> None:
        """Open lines of the customers towards the hub, relayed in one batch."""
        self.do("hub", self.contracts.credit_lines.open_batch([self.line(name, cap=cap) for name in names]))

    def publish(self, royalty_bps: int) -> int:
        services = self.contracts.services
        payout = address("author")
        self.do(
            "author",
            services.publish("ocr", "1.0.0", payout=payout, royalty_bps=royalty_bps, content_digest=b"\1" * 32),
        )
        service = services.id_of(payout, "ocr", "1.0.0", at="latest")
        self.royalties[service] = (payout, royalty_bps)
        return service

    def epoch(self) -> int:
        """Return the epoch that the newest block is in."""
        return epoch_at(UnixMs(self.anvil.chain.stamp().timestamp * 1000), self.epoch_seconds)

    def batch(self, works: Sequence[Work], *, epoch: int | None = None, max_rows: int = 1_000) -> Batch:
        """Return the batch of work that is done in an epoch, the current one by default."""
        number = self.epoch() if epoch is None else epoch
        return self.batch_of([self.leaf(work, number) for work in works], epoch=number, max_rows=max_rows)

    def batch_of(self, leaves: Sequence[Leaf], *, epoch: int, max_rows: int = 1_000) -> Batch:
        """Return the batch of an epoch's leaves."""
        return build_batch(
            leaves,
            self.royalties,
            self.deployment.profile.params.fee_bps,
            chain_id=self.anvil.chain.chain_id,
            settlement=self.contracts.settlement.address,
            hub=address("hub"),
            vault=self.contracts.vault.address,
            epoch=epoch,
            secret_hash=keccak(b"secret"),
            max_rows=max_rows,
        )

    def end_epoch(self, epoch: int) -> None:
        """Move time to the first second in which the epoch can be posted."""
        self.anvil.advance_to((epoch + 1) * self.epoch_seconds)

    def post(self, batch: Batch, part: int = 0) -> PostedPart:
        """Post a part and return it as the chain has it."""
        self.do("hub", self.post_call(batch, part))
        return self.posted(batch, part)

    def post_call(self, batch: Batch, part: int = 0) -> Call:
        return self.contracts.settlement.post_part(batch, part, sha256(encode_batch(batch)).digest())

    def posted(self, batch: Batch, part: int = 0) -> PostedPart:
        stamp = self.anvil.chain.stamp()
        settlement = self.contracts.settlement
        found = settlement.find_part(
            batch.hub, batch.vault, batch.epoch, part, epoch_seconds=self.epoch_seconds, at=stamp
        )
        assert found is not None
        return found

    def pass_window(self, posted: PostedPart) -> None:
        self.anvil.advance_to(posted.header.posted_at + self.deployment.profile.params.window + 1)

    def balances(self) -> dict[str, int]:
        """Return everybody's balance in the vault, leaving out zeros."""
        found = {name: self.contracts.vault.balance_of(address(name), at="latest") for name in ACCOUNTS}
        return {name: amount for name, amount in found.items() if amount}

    def assert_solvent(self) -> None:
        """Check that the vault's tokens are what it owes, and that all of that is somebody's."""
        vault, token, settlement = self.contracts.vault, self.contracts.token, self.contracts.settlement
        held = vault.total_held(at="latest")
        c = self.contracts
        cases = (c.statements.address, c.challenges.address, c.disputes.address, c.claims.address)
        holders = (settlement.address, c.providers.address, *cases)
        custody = sum(vault.custody_of(holder, at="latest") for holder in holders)
        assert token.balance_of(vault.address, at="latest") == held == sum(self.balances().values()) + custody

    def leaf(self, work: Work, epoch: int) -> Leaf:
        """Return the leaf of work in an epoch."""
        begin, end = epoch_bounds_ms(
            epoch_at(UnixMs(epoch * self.epoch_seconds * 1000), self.epoch_seconds), self.epoch_seconds
        )
        leaf = Leaf(
            epoch=epoch,
            job_id=job_id(self.anvil.chain.chain_id, self.contracts.settlement.address, address("hub"), work.job),
            seq=work.seq,
            attempt=0,
            from_ms=begin,
            to_ms=end,
            cumulative=0,
            customer=address(work.customer),
            provider=address(work.provider),
            service=work.service,
            provider_amount=work.amount,
            audit_amount=0,
            result_digest=keccak(b"result"),
            receipt_digest=keccak(b"receipt"),
        )
        royalty_bps = self.royalties[work.service][1] if work.service else 0
        debit = leaf_split(leaf, royalty_bps, self.deployment.profile.params.fee_bps).debit
        return replace(leaf, cumulative=work.before + debit)


def address(party: str) -> Address:
    """Return the address of a named party; addresses stand for themselves."""
    known = ACCOUNTS.get(party)
    return known.address if known else parse_address(party)
