"""Measure what a settled job costs on chain: real transactions on a real node, base, calldata and storage included."""

import sys
import tempfile
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from hansa_chain.deploy import deploy_development
from hansa_chain.outcome import Finalized, Mined
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


def people(role: str, count: int) -> list[Address]:
    """Return addresses whose keys are known."""
    return [account(f"{role}-{number}").address for number in range(count)]


class Epochs:
    """Settle one epoch after another of a hub with many customers."""

    def __init__(self, market: Market, customers: int) -> None:
        self.market, self.customers = market, customers
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

    def _line(self, name: str) -> tuple[Line, bytes]:
        line = self.market.line_of(account(name).address, tenant=name, cap=100 * WHOLE)
        return line, sign(line.digest(self.market.contracts.credit_lines.domain), account(name).key)

    def settle(self, batch: Batch) -> tuple[int, int]:
        """Post and finalize a batch of any number of parts; returns the gas of both."""
        market = self.market
        market.end_epoch(batch.epoch)
        digest = sha256(encode_batch(batch)).digest()
        calls = [market.contracts.settlement.post_part(batch, part.index, digest) for part in batch.parts]
        posting = sum(self._gas(market.do("hub", call)) for call in calls)
        posted = [market.posted(batch, part.index) for part in batch.parts]
        market.pass_window(posted[-1])
        finalizing = 0
        for part, one in zip(batch.parts, posted, strict=True):
            finalizing += self._gas(market.do("hub", market.contracts.settlement.finalize(one.header, part.credits)))
        return posting, finalizing

    @staticmethod
    def _gas(outcome: Mined | Finalized) -> int:
        return outcome.gas_used


def works(jobs: int, customers: int, providers: int) -> list[Work]:
    """Return as many jobs, spread over customers and providers."""
    buyers, sellers = people("customer", customers), people("provider", providers)
    return [
        Work(buyers[number % customers], sellers[number % providers], 10**14 + number, job=f"job-{number}")
        for number in range(jobs)
    ]


def measure(folder: Path, jobs: int, customers: int, providers: int, target: float | None) -> list[Measurement]:
    """Measure one shape of an epoch on a node of its own."""
    with start_anvil(folder / f"anvil-{jobs}.log") as node:
        for one in ACCOUNTS.values():
            node.fund(one.address)
        deployment = deploy_development(
            node.chain,
            ACCOUNTS["deployer"].key,
            treasury=address("treasury"),
            mint={address("hub"): Wei(10**6 * WHOLE)},
        )
        market = Market(node, deployment.contracts(node.chain), deployment)
        epochs = Epochs(market, customers)
        epochs.open()
        market.bond(10_000 * WHOLE)
        for _ in range(WARM_EPOCHS):
            epochs.settle(market.batch(works(providers, customers, providers)))
        posting, finalizing = epochs.settle(market.batch(works(jobs, customers, providers)))
    shape = f"{jobs:,} jobs, {customers} customers, {providers} payees"
    return [
        Measurement(f"{shape}: post", posting, "gas"),
        Measurement(f"{shape}: finalize", finalizing, "gas"),
        Measurement(f"{shape}: a job", (posting + finalizing) / jobs, "gas", target),
        Measurement(f"a line, {RELAYED} relayed at once", epochs.line_gas, "gas", 75_000),
    ]


def main(arguments: Sequence[str]) -> int:
    """Run the benchmark; return 0 when every promise is kept."""
    with tempfile.TemporaryDirectory(prefix="hansa-gas-") as place:
        few = measure(Path(place), 1_000, 20, 10, 380)
        many = measure(Path(place), 10_000, 80, 40, 115)
    return report("gas", [*few, *many[:-1]])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
