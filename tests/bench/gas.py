"""Measure what a settled job costs on chain: real transactions on a real node, base, calldata and storage included."""

import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from hansa_chain.contract import Call
from hansa_chain.deploy import deploy_development
from hansa_protocol.batch import Batch, encode_batch
from hansa_protocol.eip712 import Line
from hansa_protocol.identity import Address
from hansa_protocol.signing import sign
from hansa_protocol.units import Wei
from tests.bench.measurement import Measurement, report
from tests.fixtures.anvil import ACCOUNTS, WHOLE, account, start_anvil
from tests.integration.chain.market import Market, Work, address

WARM_EPOCHS = 33
"""So many that the ring of covers goes round: what a hub of some days pays, and not one in its first epochs."""

RELAYED = 20
MOST_GAS = 16_000_000
"""Below what one transaction may use (EIP-7825)."""
MOST_CALLDATA = 122_880
"""Below what nodes pass on of one transaction (128 KiB)."""


def people(role: str, count: int) -> list[Address]:
    """Return addresses whose keys are known, in their order on the chain."""
    return sorted((account(f"{role}-{number}").address for number in range(count)), key=str.lower)


@dataclass(frozen=True, slots=True)
class Sent:
    """Hold what one transaction took: gas, and bytes of call data."""

    gas: int
    calldata: int


class Epochs:
    """Settle one epoch after another of a hub with many customers."""

    def __init__(self, market: Market, customers: int) -> None:
        self.market, self.customers = market, customers
        self.settlement = market.contracts.settlement
        self.line_gas = 0

    def open(self) -> None:
        """Give every customer a balance, and a line that is relayed with others."""
        market, vault = self.market, self.market.contracts.vault
        market.do("hub", market.contracts.token.approve(vault.address, Wei(10**6 * WHOLE)))
        for who in people("customer", self.customers):
            market.do("hub", vault.deposit(who, Wei(100 * WHOLE)))
        names = [f"customer-{number}" for number in range(self.customers)]
        for first in range(0, self.customers, RELAYED):
            group = names[first : first + RELAYED]
            mined = market.do("hub", market.contracts.credit_lines.open_batch([self._line(name) for name in group]))
            self.line_gas = self.line_gas or mined.gas_used // len(group)
        market.bond(10_000 * WHOLE)

    def _line(self, name: str) -> tuple[Line, bytes]:
        line = self.market.line_of(account(name).address, tenant=name, cap=100 * WHOLE)
        return line, sign(line.digest(self.market.contracts.credit_lines.domain), account(name).key)

    def post(self, batch: Batch) -> list[Sent]:
        """Post all parts of a batch once its epoch is over, each in a transaction of its own."""
        self.market.end_epoch(batch.epoch)
        return [self._send(call) for call in self._posts(batch)]

    def pay(self, batch: Batch) -> list[Sent]:
        """Finalize all parts of a batch once its window is over, each in a transaction of its own."""
        self.market.pass_window(self.market.posted(batch, len(batch.parts) - 1))
        return [self._send(call) for call in self._payments(batch)]

    def pay_and_post(self, earlier: Batch, batch: Batch) -> list[Sent]:
        """Post a batch of as many parts as an earlier one, whose payments ride along."""
        payments = self._payments(earlier)
        self.market.end_epoch(batch.epoch)
        pairs = zip(payments, self._posts(batch), strict=True)
        return [self._send(self.settlement.multicall(pair)) for pair in pairs]

    def _posts(self, batch: Batch) -> list[Call]:
        digest = sha256(encode_batch(batch)).digest()
        return [self.settlement.post_part(batch, part.index, digest) for part in batch.parts]

    def _payments(self, batch: Batch) -> list[Call]:
        headers = [self.market.posted(batch, part.index).header for part in batch.parts]
        pairs = zip(headers, batch.parts, strict=True)
        return [self.settlement.finalize(header, part.credits) for header, part in pairs]

    def _send(self, call: Call) -> Sent:
        return Sent(self.market.do("hub", call).gas_used, len(call.data))


def works(jobs: int, customers: int, providers: int) -> list[Work]:
    """Return as many jobs, spread over customers and providers: neighbours work for neighbours, so parts share none."""
    buyers, sellers = people("customer", customers), people("provider", providers)
    return [
        Work(
            buyers[number * customers // jobs],
            sellers[number * providers // jobs],
            10**14 + number,
            job=f"job-{number}",
        )
        for number in range(jobs)
    ]


@contextmanager
def open_market(folder: Path, customers: int) -> Iterator[Epochs]:
    """Give a hub with so many customers on a node of its own."""
    with start_anvil(folder / f"anvil-{customers}.log") as node:
        for one in ACCOUNTS.values():
            node.fund(one.address)
        deployment = deploy_development(
            node.chain,
            ACCOUNTS["deployer"].key,
            treasury=address("treasury"),
            mint={address("hub"): Wei(10**6 * WHOLE)},
        )
        epochs = Epochs(Market(node, deployment.contracts(node.chain), deployment), customers)
        epochs.open()
        yield epochs


def measure(folder: Path, jobs: int, customers: int, providers: int, target: float) -> list[Measurement]:
    """Measure one shape of an epoch, with post and payment apart and together."""
    with open_market(folder, customers) as epochs:
        market = epochs.market
        for _ in range(WARM_EPOCHS):
            first = market.batch(works(providers, customers, providers))
            epochs.post(first)
            epochs.pay(first)
        apart = market.batch(works(jobs, customers, providers))
        (posted,), (paid,) = epochs.post(apart), epochs.pay(apart)
        earlier = market.batch(works(jobs, customers, providers))
        epochs.post(earlier)
        (together,) = epochs.pay_and_post(earlier, market.batch(works(jobs, customers, providers)))
    shape = f"{jobs:,} jobs, {customers} customers, {providers} payees"
    return [
        Measurement(f"{shape}: post", posted.gas, "gas"),
        Measurement(f"{shape}: finalize", paid.gas, "gas"),
        Measurement(f"{shape}: a job, apart", (posted.gas + paid.gas) / jobs, "gas"),
        Measurement(f"{shape}: post with an earlier payment", together.gas, "gas"),
        Measurement(f"{shape}: a job, together", together.gas / jobs, "gas", target),
        Measurement(f"a line, {RELAYED} relayed at once", epochs.line_gas, "gas", 75_000),
    ]


def measure_parts(folder: Path, customers: int, providers: int) -> list[Measurement]:
    """Measure the largest transaction of epochs in several parts: with new payees, and with payments along."""
    with open_market(folder, customers) as epochs:
        jobs = works(max(customers, providers), customers, providers)
        first = epochs.market.batch(jobs)
        sent = [*epochs.post(first), *epochs.pay(first)]
        earlier = epochs.market.batch(jobs)
        sent += epochs.post(earlier)
        sent += epochs.pay_and_post(earlier, epochs.market.batch(jobs))
    rows = sum(len(part.debits) + len(part.credits) for part in first.parts)
    shape = f"{rows:,} rows in {len(first.parts)} parts"
    return [
        Measurement(f"{shape}: largest transaction", max(one.gas for one in sent), "gas", MOST_GAS),
        Measurement(f"{shape}: most call data", max(one.calldata for one in sent), "bytes", MOST_CALLDATA),
    ]


def main(arguments: Sequence[str]) -> int:
    """Run the benchmark; return 0 when every promise is kept."""
    with tempfile.TemporaryDirectory(prefix="hansa-gas-") as place:
        few = measure(Path(place), 1_000, 20, 10, 380)
        many = measure(Path(place), 10_000, 80, 40, 115)
        parts = measure_parts(Path(place), 2_000, 3_000)
    return report("gas", [*few, *many[:-1], *parts])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
