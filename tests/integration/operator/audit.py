"""The last accounts of a market: everything is paid to the wei, everything has ended, and the logs tell nothing odd."""

import signal
from collections import defaultdict
from collections.abc import Iterator

from hansa_cli.cluster.hansa_kinds import POOLS
from hansa_cli.demo.books import PaidSlice, faults_of, movements
from hansa_cli.sandbox.leftovers import ray_processes_of
from tests.integration.operator.market import OPERATOR, Market, wait, wei_of

ZERO_SECONDS = 60.0
SETTLED_SECONDS = 90.0
END_SECONDS = 10.0
FORBIDDEN = ("Traceback", "defect", "Forbidden", "forbidden")
"""What the operator's log must not hold: bugs, and rights that it lacks."""


def find_faults(market: Market) -> list[str]:
    """Wait until all is settled and all Ray clusters are gone, end the operator, and return what is wrong."""
    wait(lambda: _unsettled(market) == [], "every settlement is final or missed", seconds=SETTLED_SECONDS)
    wait(lambda: _is_zero(market), "the pool is at zero and no Ray process is left", seconds=ZERO_SECONDS)
    seconds = market.kill(OPERATOR, signal.SIGTERM)
    late = [f"the operator took {seconds:.1f} s to end"] if seconds > END_SECONDS else []
    return [*late, *_of_ledger(market), *_of_chain(market), *_of_logs(market)]


def _unsettled(market: Market) -> list[str]:
    found = market.journal.all("Settlement").items()
    return [name for (_, name), seen in found if seen[-1].status.get("phase") not in ("Finalized", "Missed")]


def _is_zero(market: Market) -> bool:
    pool = market.cluster.get(POOLS, None, market.cast.pool) or {}
    return not any(pool["status"]["workers"].values()) and ray_processes_of(market.home.root) == []


def _of_ledger(market: Market) -> Iterator[str]:
    copy = market.home.root / "copy"
    books = market.books(copy)
    for attempt in books.open_attempts():
        yield f"attempt {attempt.key} is open"
    for _, record in books.ledger.jobs.scan():
        if record.name in market.unsettled(record.namespace, copy):
            yield f"job {record.namespace}/{record.name} is not paid"
        debit = sum(entry.debit for entry in books.account_of(record.job_id).entries)
        if debit > record.max_amount:
            yield f"job {record.namespace}/{record.name} cost {debit} wei, its budget was {record.max_amount}"


def _of_chain(market: Market) -> Iterator[str]:
    slices, by_job = market.slices(), defaultdict[str, list[PaidSlice]](list)
    for paid in slices:
        by_job[paid.leaf.job_id.hex()].append(paid)
    for job_id, own in by_job.items():
        yield from (f"job {job_id}: {fault}" for fault in faults_of(own))
    vault, settlement = market.contracts.vault, market.contracts.settlement
    balances = _deposits(market)
    for address, moved in movements(slices, settlement.treasury(at="latest")).items():
        balances[address] = balances.get(address, 0) + moved
    for address, due in balances.items():
        there = vault.balance_of(address, at="latest")
        if there != due:
            yield f"{address} has {there} wei in the vault, by its slices it should have {due}"


def _deposits(market: Market) -> dict[str, int]:
    roles = {f"customer-{customer.namespace}": wei_of(customer.deposit) for customer in market.cast.customers}
    return {**market.deposits, **{market.keys.address(role): amount for role, amount in roles.items()}}


def _of_logs(market: Market) -> Iterator[str]:
    keys = {name: key.hex() for name, key in market.keys.by_role.items()}
    for log in sorted(market.home.log(OPERATOR).parent.iterdir()):
        text = log.read_text(errors="replace")
        yield from (f"{log.name} holds the private key of {name}" for name, key in keys.items() if key in text.lower())
        odd = (line for line in text.splitlines() if log.stem == OPERATOR and any(word in line for word in FORBIDDEN))
        yield from (f"{log.name}: {line}" for line in odd)
