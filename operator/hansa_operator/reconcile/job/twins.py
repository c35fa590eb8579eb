"""Jobs that do the same work: same namespace, idempotencyKey and digest. One of them runs."""

from collections.abc import Iterator

from hansa_operator.api.aijob import AIJob
from hansa_operator.core.job.facts import JobFacts, Twin
from hansa_operator.core.job.status import is_over
from hansa_operator.ports.ledger import JobRecord, Outcome
from hansa_operator.reconcile.world import World


def find_twin(world: World, facts: JobFacts) -> Twin | None:
    """Return a twin that has done the job's work, else one that goes first; call it while nobody else places."""
    if not facts.job.spec.idempotency_key:
        return None
    twins = [_describe(world, record, facts.job) for record in _same_work(world, facts)]
    return next((twin for twin in twins if twin.succeeded), next((twin for twin in twins if twin.active), None))


def _same_work(world: World, facts: JobFacts) -> Iterator[JobRecord]:
    mine = (facts.job.metadata.namespace, facts.job.spec.idempotency_key, facts.references.job_digest)
    for _, record in world.store.ledger.jobs.scan():
        same = (record.namespace, record.idempotency_key, record.digest) == mine
        if same and record.job_id != facts.job_id:
            yield record


def _describe(world: World, record: JobRecord, job: AIJob) -> Twin:
    attempts = world.books.attempts_of(record.job_id)
    seen = world.cache.get(AIJob, record.namespace, record.name)
    there = seen is not None and seen.metadata.uid == record.uid and seen.metadata.deletion_timestamp is None
    # Of two that have not begun the older goes first: both would wait for each other otherwise.
    goes_first = seen is not None and there and not _is_over(seen) and (bool(attempts) or _age(seen) < _age(job))
    active = goes_first or any(attempt.open for attempt in attempts)
    return Twin(record.name, record.job_id, active, any(one.outcome is Outcome.SUCCEEDED for one in attempts))


def _is_over(job: AIJob) -> bool:
    return job.status is not None and is_over(job.status)


def _age(job: AIJob) -> tuple[str, str]:
    return job.metadata.creation_timestamp or "", job.metadata.uid or ""
