"""Facts and records of a job that runs on two GPUs of the provider berlin, as tests build them; keywords change fields.

The token has 6 decimals, a GPU costs 7.20 an hour, which is 2 wei a millisecond, and an epoch has 10 s.
"""

from dataclasses import replace
from typing import Any

from hansa_operator.api.aijob import AIJob, AIJobStatus
from hansa_operator.api.provider_pool import ProviderPool
from hansa_operator.core.clock import rfc3339
from hansa_operator.core.job.facts import Credit, JobDecision, JobFacts, Product, References, Twin
from hansa_operator.core.job.life import decide_job
from hansa_operator.core.market.offers import Need, Offer
from hansa_operator.ports.ledger import (
    AccountEntry,
    AccountRecord,
    AttemptRecord,
    EntryState,
    JobRecord,
    ReceiptRecord,
    ReportRecord,
)
from hansa_operator.ports.ray import ClusterKey, ClusterPhase, ClusterView, RayJobState, RayJobView, WorkerGroup
from tests.metered import AGENT, CUSTOMER, JOB_ID, PRICE, PROVIDER, VAULT, build_attempt, build_job

NOW = 1_700_000_000_000
EPOCH_SECONDS = 10
EPOCH_MS = 1_000 * EPOCH_SECONDS
EPOCH = NOW // EPOCH_MS
PER_EPOCH = 40_000
"""What the provider earns with the job in an epoch (wei)."""


def aijob(status: AIJobStatus | None = None, *, deleted_ms: int | None = None, **spec: Any) -> AIJob:
    """Return a job that may cost 10 tokens; spec fields as in a manifest."""
    stated = {
        "poolRef": {"name": "gpus"},
        "creditLineRef": {"name": "line"},
        "workload": {"entrypoint": ["python", "train.py"]},
        "resources": {"gpus": 1},
        "parallelism": 2,
        "budget": {"maxAmount": "10"},
        **spec,
    }
    metadata = {
        "name": "train",
        "namespace": "lab",
        "uid": "u1",
        "generation": 1,
        "creationTimestamp": rfc3339(NOW),
        "deletionTimestamp": rfc3339(deleted_ms) if deleted_ms is not None else None,
    }
    return AIJob.model_validate({"metadata": metadata, "spec": stated}).model_copy(update={"status": status})


def pool(**spec: Any) -> ProviderPool:
    """Return the pool that the job names."""
    stated = {"hubRef": {"name": "main"}, "backend": "Local", **spec}
    return ProviderPool.model_validate({"metadata": {"name": "gpus"}, "spec": stated})


def credit(**changes: Any) -> Credit:
    """Return a ready credit line with 100 tokens."""
    line = Credit(CUSTOMER, VAULT, 6, "USD", ready=True, message="", usable=100_000_000)
    return replace(line, **changes)


def product(**changes: Any) -> Product:
    """Return a published product that takes 5%."""
    return replace(Product(service_id=7, publisher=PROVIDER, royalty_bps=500, digest_matches=True), **changes)


def twin(**changes: Any) -> Twin:
    """Return an earlier job that did the same work."""
    return replace(Twin(name="earlier", job_id="0x" + "cd" * 32, active=False, succeeded=False), **changes)


def references(**changes: Any) -> References:
    """Return references that all lead somewhere."""
    named = {"code_digest": "", "job_digest": "", "twin": None, "product": None}
    found = References((), pool(), namespace_allowed=True, credit=credit(), **named)
    return replace(found, **changes)


def offer(provider: str = "berlin", **changes: Any) -> Offer:
    """Return an offer of 8 free GPUs with a large bond."""
    made = Offer(
        provider=provider,
        address=PROVIDER,
        receipt_key=AGENT,
        gpu_model="L4",
        vault=VAULT,
        unit_price=PRICE,
        total_gpus=8,
        free_gpus=8,
        free_workers=16,
        bond=10**12,
        exposure=0,
        schedulable=True,
    )
    return replace(made, **changes)


def need(**changes: Any) -> Need:
    """Return what the job asks of an offer."""
    made = Need(JOB_ID, VAULT, workers=2, gpus_per_worker=1, gpu_models=(), max_unit_price=None, epoch_ms=EPOCH_MS)
    return replace(made, **changes)


def record(**changes: Any) -> JobRecord:
    """Return the terms of the job as they are written at admission."""
    return build_job(**{"publisher": "", "royalty_bps": 0, "max_amount": 10_000_000, **changes})


def attempt(**changes: Any) -> AttemptRecord:
    """Return an open attempt that was placed now."""
    return build_attempt(**{"submission_id": "abababababababababababababababab-0", "placed_ms": NOW, **changes})


def receipt(**changes: Any) -> ReceiptRecord:
    """Return a receipt over all GPUs and the first second of the job; all of it is billable unless it says less."""
    start, end = changes.pop("from_ms", NOW), changes.pop("to_ms", NOW + 1_000)
    used, digest = 2 * (end - start), "0x" + "0d" * 32
    signed = (start, end, used, 2 * used, 0, "0x" + "00" * 32, "0x", digest)
    return replace(ReceiptRecord(JOB_ID, 0, start // EPOCH_MS, 0, *signed, end, used), **changes)


def report(**changes: Any) -> ReportRecord:
    """Return the runner's report of a run of one second that went well."""
    made = ReportRecord(JOB_ID, 0, 0, "Completed", "", NOW, NOW + 1_000, "0x" + "0a" * 32, 12, "blob")
    return replace(made, **changes)


def entry(**changes: Any) -> AccountEntry:
    """Return the job's first slice, one second of two GPUs without fees."""
    made = AccountEntry(EPOCH, 0, 0, EPOCH, NOW + 1_000, 2_000, 4_000, 0, 0, 4_000, EntryState.SEALED)
    return replace(made, **changes)


def account(*entries: AccountEntry) -> AccountRecord:
    """Return what was sealed of the job."""
    return AccountRecord(JOB_ID, entries)


def cluster(phase: ClusterPhase = ClusterPhase.READY, **changes: Any) -> ClusterView:
    """Return the attempt's cluster."""
    made = ClusterView(ClusterKey("lab", "berlin"), phase, (WorkerGroup(1, 2),))
    return replace(made, **changes)


def ray(state: RayJobState = RayJobState.RUNNING, **changes: Any) -> RayJobView:
    """Return the attempt's submission as Ray has it."""
    return replace(RayJobView(state, start_ms=NOW), **changes)


def facts(**changes: Any) -> JobFacts:
    """Return what is known of a job that was just applied, and that may have all that it needs."""
    known = JobFacts(
        job=aijob(),
        job_id=JOB_ID,
        now_ms=NOW,
        fee_bps=0,
        epoch_seconds=EPOCH_SECONDS,
        references=references(),
        record=None,
        attempts=(),
        receipts=(),
        reports=(),
        account=account(),
        offers=(offer(),),
        my_turn=True,
        tie_secret=b"secret",
        cluster=None,
        ray=None,
        logs_uri="http://hub/v1/logs",
        result_uri="http://hub/v1/results",
        last_settlement="",
    )
    return replace(known, **changes)


def after(before: JobFacts, decision: JobDecision, **changes: Any) -> JobFacts:
    """Return the facts once a decision about them is carried out; `changes` are what has happened since."""
    known = replace(before, job=before.job.model_copy(update={"status": decision.status}))
    for made in decision.records:
        known = replace(known, record=made) if isinstance(made, JobRecord) else known.with_attempt(made)
    return replace(known, **changes)


def placed(**changes: Any) -> JobFacts:
    """Return the facts of a job whose first attempt was just placed."""
    before = facts(**changes)
    return after(before, decide_job(before))


def running(**changes: Any) -> JobFacts:
    """Return the facts of a job whose first attempt was seen running."""
    before = replace(placed(), cluster=cluster(), ray=ray())
    return replace(after(before, decide_job(before)), **changes)
