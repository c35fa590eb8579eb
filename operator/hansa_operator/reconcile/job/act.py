"""Carry out a decision about a job: records first, so that what is done next is known whatever happens."""

from hansa_jobs.package import ENTRYPOINT, ArchiveRef, AttemptSpec, build_package
from hansa_operator.api.aijob import AIJob
from hansa_operator.api.aiservice import AIService
from hansa_operator.api.workload import Workload
from hansa_operator.core.job.facts import DeleteObject, Effect, JobDecision, JobFacts, StopSubmission, SubmitAttempt
from hansa_operator.core.order.signed_order import OrderObjection, SignedOrder, check_work
from hansa_operator.core.order.signed_work import Work
from hansa_operator.core.order.workload import workload_of
from hansa_operator.ports.ledger import AttemptRecord, JobRecord
from hansa_operator.ports.ray import ClusterKey, Submission, WorkerGroup
from hansa_operator.reconcile.job.code import unpack_code
from hansa_operator.reconcile.job.promises import kick_waiting, promise
from hansa_operator.reconcile.kinds.clusters import cluster_ref
from hansa_operator.reconcile.status import ref_of, tell, write_status
from hansa_operator.reconcile.world import World

MAX_OUTPUT_BYTES = 48 * 1024 * 1024
"""Most that the gateway takes of one attempt's outputs."""


async def record(world: World, facts: JobFacts, decision: JobDecision) -> None:
    """Make a decision's records and promises known; durable when it returns."""
    for item in decision.records:
        match item:
            case JobRecord():
                await world.books.put_job(item)
            case AttemptRecord():
                await world.books.put_attempt(item)
                _follow_capacity(world, item)
    promise(world, facts, decision)


async def act(world: World, facts: JobFacts, decision: JobDecision) -> None:
    """Do what was decided: finalizer, status with its Events, effects; each may be done twice."""
    job, uid, held = facts.job, facts.job.metadata.uid or "", "hansa.dev/capacity" in facts.job.metadata.finalizers
    if decision.finalizer and not held:
        await world.kube.set_finalizer(ref_of(job), uid=uid, present=True)
    if job.metadata.deletion_timestamp is None or held:
        await write_status(world, job, decision.status)
        await tell(world, job, decision.notices)
    for effect in decision.effects:
        await _carry_out(world, facts, effect)
    if decision.finalizer is False and held:
        await world.kube.set_finalizer(ref_of(job), uid=uid, present=False)


def _follow_capacity(world: World, attempt: AttemptRecord) -> None:
    world.queue.add(cluster_ref(ClusterKey(attempt.namespace, attempt.provider)))
    if not attempt.open:
        kick_waiting(world)


async def _carry_out(world: World, facts: JobFacts, effect: Effect) -> None:
    match effect:
        case SubmitAttempt(attempt, limit_ms):
            key = ClusterKey(attempt.namespace, attempt.provider)
            await world.ray.submit(key, await _submission(world, facts, attempt, limit_ms))
        case StopSubmission(attempt):
            await world.ray.stop_job(ClusterKey(attempt.namespace, attempt.provider), attempt.submission_id)
        case DeleteObject():
            await world.kube.delete(ref_of(facts.job), uid=facts.job.metadata.uid or "")


async def _submission(world: World, facts: JobFacts, attempt: AttemptRecord, limit_ms: int | None) -> Submission:
    reference = facts.job.spec.service_ref
    service = world.cache.get(AIService, "", reference.name) if reference else None
    workload = workload_of(facts.job.spec, service.spec if service else None)
    if workload is None:
        raise LookupError(f"the product of job {facts.job.metadata.name} is gone: it is tried again")
    code = facts.record.code_digest if facts.record else ""
    files = unpack_code(await world.store.blobs.get(code)) if code else {}
    _hold_to_order(facts, Work(facts.job.spec, service.spec if service else None, files))
    runtime = workload.runtime_env
    return Submission(
        submission_id=attempt.submission_id,
        argv=ENTRYPOINT,
        package=build_package(_attempt_spec(facts.job, workload, attempt, limit_ms), files),
        env=(),
        pip=tuple(runtime.pip) if runtime is not None else (),
        pin=WorkerGroup(attempt.gpus_per_worker, attempt.workers),
    )


def _hold_to_order(facts: JobFacts, work: Work) -> None:
    """Refuse to run what was not ordered: a product may be another one than when the job was admitted."""
    order = facts.references.order
    checked = check_work(order, work) if isinstance(order, SignedOrder) else order
    if isinstance(checked, OrderObjection):
        raise LookupError(checked.message)


def _attempt_spec(job: AIJob, workload: Workload, attempt: AttemptRecord, limit_ms: int | None) -> AttemptSpec:
    archive = workload.source.archive if workload.source is not None else None
    asked = job.spec.outputs.max_bytes if job.spec.outputs is not None else None
    return AttemptSpec(
        job_id=attempt.job_id,
        attempt=attempt.attempt,
        submission_id=attempt.submission_id,
        argv=tuple(workload.entrypoint),
        gpus=attempt.gpus_per_worker,
        parallelism=attempt.workers,
        env=tuple((item.name, item.value or "") for item in workload.env),
        archive=ArchiveRef(archive.uri, archive.sha256) if archive is not None else None,
        max_output_bytes=min(MAX_OUTPUT_BYTES, asked or MAX_OUTPUT_BYTES),
        limit_seconds=limit_ms / 1000 if limit_ms is not None else None,
    )
