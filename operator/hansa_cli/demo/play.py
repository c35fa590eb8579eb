"""The demonstration from opening to closing balance: play the jobs, gather the evidence, judge it, show it."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path

from hansa_cli.chain_access import Books, open_books, read_sheet
from hansa_cli.cluster.access import load_access
from hansa_cli.cluster.client import Cluster
from hansa_cli.cluster.hansa_kinds import HUBS, POOLS, PROVIDERS, SETTLEMENTS, read_all, read_one
from hansa_cli.commands.verify import verify_batches
from hansa_cli.demo.books import PaidSlice, books_of
from hansa_cli.demo.outputs import read_outputs, tell_outputs
from hansa_cli.demo.proof import JobEvidence, job_checks, money_checks
from hansa_cli.demo.report import show_report
from hansa_cli.demo.script import ACTS
from hansa_cli.demo.settled import Settled, read_settled, settlement_checks
from hansa_cli.demo.stage import Seen, apply_acts, watch_acts
from hansa_cli.job_view import is_true
from hansa_cli.problem import Problem
from hansa_cli.sandbox.cast import DEMO
from hansa_cli.sandbox.home import Home, Record
from hansa_cli.sandbox.leftovers import ray_processes_of
from hansa_cli.screen import OUT, Steps
from hansa_cli.sheet import Sheet
from hansa_cli.sheet_parties import parties_of
from hansa_cli.verify.check import Check
from hansa_cli.verify.request import Request
from hansa_protocol.identity import Address
from hansa_protocol.units import parse_amount

ZERO_SECONDS = 90.0
PAYMENT_SECONDS = 180.0
LOOK_SECONDS = 0.5


def play(home: Home, record: Record) -> list[Check]:
    """Play all jobs in a fresh sandbox; returns every claim with its verdict."""
    cluster = Cluster(load_access(Path(record.kubeconfig)))
    hub = read_one(cluster, HUBS, None, DEMO.hub)
    (books,) = open_books(cluster, hub, record.chain_url)
    parties = parties_of(cluster, hub)
    opening = read_sheet(books, parties)
    with Steps() as steps:
        played = apply_acts(cluster, ACTS)
        watch_acts(cluster, played, steps)
        with steps.step("payment", "last settlements final on chain") as note:
            settled = wait_paid(cluster, home, books, played, note.say)
        with steps.step("zero", "pool at zero: no Ray process left"):
            left = wait_zero(cluster, home)
    closing = read_sheet(books, parties)
    evidence = gather(cluster, played, settled, opening)
    checks = judge(evidence, settled, opening, closing, left)
    show_report(evidence, opening, closing, checks)
    for one, account in bills(settled):
        verify_as(one, account, record.chain_url, home.deployment)
    return checks


def bills(settled: list[Settled]) -> list[tuple[Settled, Address]]:
    """Return whose bill is verified in the end: a customer's and a provider's, in the batch that has most slices."""
    fullest = max(settled, key=lambda one: sum(1 for _ in one.batch.leaves))
    leaf = next(iter(fullest.batch.leaves))
    return [(fullest, leaf.customer), (fullest, leaf.provider)]


def verify_as(settled: Settled, account: Address, rpc_url: str, manifest: Path) -> None:
    """Show somebody verifying a bill; raises Problem when it is wrong."""
    options = f"--rpc {rpc_url} --manifest {manifest} --account {account}"
    OUT.print(f"\n$ hansa verify {settled.file} {options}", markup=False)
    verify_batches(Request((settled.file,), rpc_url, account=account, manifest=manifest))


def wait_paid(
    cluster: Cluster, home: Home, books: Books, played: list[Seen], say: Callable[[str], None]
) -> list[Settled]:
    """Wait until nothing of the played jobs can be posted any more, and all that was posted is paid."""
    params = books.settlement.params(at="latest")
    last_work = max((seen.gone_ms for seen in played if seen.gone_ms), default=0) // 1000
    last_epoch = last_work // params.epoch
    until = time.monotonic() + PAYMENT_SECONDS
    while True:
        manifests = read_all(cluster, SETTLEMENTS)
        waiting = [item["metadata"]["name"] for item in manifests if not is_true(item, "Finalized")]
        posted = any(item["spec"]["epoch"] >= last_epoch for item in manifests)
        too_late = books.chain.stamp("latest").timestamp > (last_epoch + 1) * params.epoch + params.post
        if not waiting and (posted or too_late):
            return read_settled(manifests, home.store, books)
        say(", ".join(waiting) or "the last epoch is not over")
        if time.monotonic() > until:
            what = f"not final after {PAYMENT_SECONDS:.0f} s: {', '.join(waiting) or 'the last epoch'}"
            raise Problem(what, f"read {home.log('operator')}")
        time.sleep(LOOK_SECONDS)


def wait_zero(cluster: Cluster, home: Home) -> list[str]:
    """Wait until the pool says zero and no Ray process is left; returns what is left at the deadline."""
    until = time.monotonic() + ZERO_SECONDS
    while True:
        pool = read_one(cluster, POOLS, None, DEMO.pool).get("status") or {}
        workers = pool.get("workers") or {}
        left = ray_processes_of(home.root)
        if not left and not any(workers.values()):
            return []
        if time.monotonic() > until:
            return left or [f"the pool says {workers}"]
        time.sleep(LOOK_SECONDS)


def gather(cluster: Cluster, played: list[Seen], settled: list[Settled], sheet: Sheet) -> list[JobEvidence]:
    """Return what is known of every job: its state, its slices out of the batch files, its outputs."""
    providers = {item["spec"]["address"]: item for item in read_all(cluster, PROVIDERS)}
    prices = {
        address: parse_amount(item["spec"]["offers"][0]["unitPrice"], sheet.decimals)
        for address, item in providers.items()
    }
    names = {address: item["metadata"]["name"] for address, item in providers.items()}
    slices = [paid for one in settled for paid in one.slices()]
    return [_evidence(seen, [paid for paid in slices if _is_of(paid, seen)], prices, names) for seen in played]


def _is_of(paid: PaidSlice, seen: Seen) -> bool:
    return "0x" + paid.leaf.job_id.hex() == seen.job_id.lower()


def _evidence(seen: Seen, slices: list[PaidSlice], prices: Mapping[str, int], names: Mapping[str, str]) -> JobEvidence:
    outputs = read_outputs(seen.job)
    return JobEvidence(
        act=seen.act,
        job=seen.job,
        gone=seen.gone_ms is not None,
        life_ms=seen.life_ms,
        slices=tuple(slices),
        books=books_of(slices),
        prices=tuple(prices[paid.leaf.provider] for paid in slices),
        outputs={name: len(content) for name, content in outputs.items()},
        providers=tuple(dict.fromkeys(names[paid.leaf.provider] for paid in slices)),
        told=tell_outputs(outputs),
    )


def judge(
    evidence: list[JobEvidence], settled: list[Settled], opening: Sheet, closing: Sheet, left: list[str]
) -> list[Check]:
    """Return every claim about the demonstration with its verdict."""
    checks = [check for item in evidence for check in job_checks(item, decimals=closing.decimals)]
    checks += [check for one in settled for check in settlement_checks(one)]
    checks += money_checks(opening, closing, [paid for one in settled for paid in one.slices()])
    earners = {name for item in evidence for name in item.providers}
    checks.append(
        Check("both providers earned", len(earners) == len(DEMO.providers), ", ".join(sorted(earners)) or "none")
    )
    known = sum(len(item.slices) for item in evidence)
    posted = sum(len(part.leaves) for one in settled for part in one.batch.parts)
    checks.append(Check("every slice that was posted belongs to a job", known == posted, f"{known} of {posted}"))
    checks.append(Check("the pool is at zero: no Ray process is left", not left, "; ".join(left) or "none"))
    return checks
