"""The work of a manifest, resolved as the operator resolves it: its product, and the files of its ConfigMap."""

from dataclasses import dataclass

from hansa_cli.cluster.client import Manifest
from hansa_cli.cluster.hansa_kinds import SERVICES
from hansa_cli.orders.shelf import CONFIG_MAPS, Shelf, parse
from hansa_cli.problem import ExitCode, Problem
from hansa_operator.api.aijob import AIJob
from hansa_operator.api.aiservice import AIService
from hansa_operator.api.configmap import files_of
from hansa_operator.core.order.signed_work import Work


@dataclass(frozen=True, slots=True)
class Resolved:
    """Hold a job with its work; `service` is the product's id on chain, 0 without one, None when it has none yet."""

    job: AIJob
    work: Work
    service: int | None


def resolve(manifest: Manifest, shelf: Shelf) -> Resolved:
    """Return an AIJob with all that it refers to; raises Problem for what is missing, incomplete or no job."""
    job = parse(AIJob, manifest)
    service = _service(job, shelf)
    work = Work(job.spec, service.spec if service else None, _files(job, shelf))
    try:
        work.digest()
    except ValueError as broken:
        what = f"AIJob {job.metadata.name} cannot be signed: {broken}"
        raise Problem(what, "see `kubectl explain aijob.spec`", code=ExitCode.USAGE) from broken
    return Resolved(job, work, _service_id(service))


def _service(job: AIJob, shelf: Shelf) -> AIService | None:
    reference = job.spec.service_ref
    if reference is None:
        return None
    service = parse(AIService, shelf.find(SERVICES, reference.name))
    stated, content = reference.digest, service.spec.content_digest
    if stated is not None and stated.lower() != content.lower():
        what = f"serviceRef.digest of {job.metadata.name} is {stated}, AIService {reference.name} has {content}"
        raise Problem(what, "correct the digest: the job would not run", code=ExitCode.REFUSED)
    return service


def _service_id(service: AIService | None) -> int | None:
    if service is None:
        return 0
    return service.status.service_id if service.status else None


def _files(job: AIJob, shelf: Shelf) -> dict[str, bytes]:
    source = job.spec.workload.source if job.spec.workload else None
    if source is None or source.config_map_ref is None:
        return {}
    name = source.config_map_ref.name
    try:
        return files_of(shelf.find(CONFIG_MAPS, name, job.metadata.namespace))
    except (ValueError, AttributeError) as broken:
        raise Problem(f"ConfigMap {name} is broken: {broken}", "correct its data", code=ExitCode.USAGE) from broken
