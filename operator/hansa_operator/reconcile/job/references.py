"""What a job refers to: pool, credit line, product, code."""

from collections.abc import Mapping
from dataclasses import dataclass

from hansa_operator.api.aijob import AIJob
from hansa_operator.api.aiservice import AIService
from hansa_operator.api.credit_line import CreditLine
from hansa_operator.api.hub import Hub
from hansa_operator.api.provider_pool import ProviderPool
from hansa_operator.core.conditions import find_condition, is_true
from hansa_operator.core.job.facts import Product, References
from hansa_operator.core.order.signed_order import OrderObjection, SignedOrder, check_work
from hansa_operator.core.order.signed_work import Work
from hansa_operator.ports.ledger import JobRecord
from hansa_operator.reconcile.job.code import pack_code, work_digest
from hansa_operator.reconcile.job.credits import observe_credit
from hansa_operator.reconcile.job.orders import read_job_order
from hansa_operator.reconcile.known.selection import admits
from hansa_operator.reconcile.world import World
from hansa_protocol.identity import respell_address


@dataclass(frozen=True, slots=True)
class Referred:
    """Hold the objects that a job names, as far as they were seen."""

    pool: ProviderPool | None
    line: CreditLine | None
    service: AIService | None
    missing: tuple[str, ...]


def refer(world: World, job: AIJob) -> Referred:
    """Look up the objects that a job names."""
    spec, namespace = job.spec, job.metadata.namespace or ""
    pool = world.cache.get(ProviderPool, "", spec.pool_ref.name)
    line = world.cache.get(CreditLine, namespace, spec.credit_line_ref.name)
    service = world.cache.get(AIService, "", spec.service_ref.name) if spec.service_ref else None
    missing = []
    if pool is None:
        missing.append(f"ProviderPool {spec.pool_ref.name}")
    elif world.cache.get(Hub, "", hub := pool.spec.hub_ref.name) is None:
        missing.append(f"Hub {hub} of ProviderPool {spec.pool_ref.name}")
    if line is None:
        missing.append(f"CreditLine {spec.credit_line_ref.name}")
    if spec.service_ref is not None and service is None:
        missing.append(f"AIService {spec.service_ref.name}")
    return Referred(pool, line, service, tuple(missing))


async def observe_references(world: World, job: AIJob, job_id: str, record: JobRecord | None) -> References:
    """Return what a job's references lead to; its code is snapshotted here when it was not admitted yet."""
    found = refer(world, job)
    code, files, absent = await _snapshot(world, job) if record is None else (record.code_digest, {}, ())
    missing = (*found.missing, *absent)
    digest = record.digest if record is not None else work_digest(job, code, found.service)
    pool = found.pool
    return References(
        missing=missing,
        pool=pool,
        namespace_allowed=pool is not None and admits(world.cache, pool, job.metadata.namespace or ""),
        credit=await observe_credit(world, found.line, record, job_id),
        product=_product(job, found.service),
        code_digest=code,
        job_digest=digest,
        # Looked for while nobody else places: two that do the same work would not see each other here.
        twin=None,
        pool_problem=_pool_problem(world, pool),
        # What was compared when the job was admitted is not read again: its code may be gone.
        order=_order(world, job, found.service, files if record is None and not missing else None),
    )


def _order(
    world: World, job: AIJob, service: AIService | None, files: Mapping[str, bytes] | None
) -> SignedOrder | OrderObjection | None:
    """Return a job's order, compared with what the job refers to unless `files` is None."""
    order = read_job_order(world, job)
    if not isinstance(order, SignedOrder) or files is None:
        return order
    return check_work(order, Work(job.spec, service.spec if service else None, files))


def _pool_problem(world: World, pool: ProviderPool | None) -> str:
    """Return why a pool cannot work at all, or ""."""
    if pool is None:
        return ""
    if pool.spec.backend != world.backend:
        return f"this operator has the backend {world.backend} only: use another pool"
    stalled = find_condition(pool.status.conditions if pool.status else (), "Stalled")
    return stalled.message if stalled is not None and stalled.status == "True" else ""


async def _snapshot(world: World, job: AIJob) -> tuple[str, Mapping[str, bytes], tuple[str, ...]]:
    """Return the digest of a job's code in the store ("" without any), its files, and what of it is missing."""
    workload = job.spec.workload
    reference = workload.source.config_map_ref if workload is not None and workload.source is not None else None
    if reference is None:
        return "", {}, ()
    files = await world.kube.read_configmap(job.metadata.namespace or "", reference.name)
    if files is None:
        return "", {}, (f"ConfigMap {reference.name}",)
    return await world.store.blobs.put(pack_code(files)), files, ()


def _product(job: AIJob, service: AIService | None) -> Product | None:
    if service is None or job.spec.service_ref is None:
        return None
    status, spec = service.status, service.spec
    published = status is not None and is_true(status.conditions, "Ready")
    wanted = job.spec.service_ref.digest
    return Product(
        service_id=status.service_id if status is not None and published else None,
        publisher=respell_address(spec.payout),
        royalty_bps=spec.royalty_bps,
        digest_matches=wanted is None or wanted.lower() == spec.content_digest.lower(),
        workload=spec.workload,
    )
