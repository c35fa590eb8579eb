"""What a job asks for that cannot be had here: said before it runs, rather than left out in silence."""

from collections.abc import Iterator

from hansa_operator.api.provider_pool import Backend
from hansa_operator.api.workload import Workload
from hansa_operator.core.job.facts import JobFacts

Objection = tuple[str, str]
"""A reason, CamelCase, and a message that says what to do."""


def find_unsupported(facts: JobFacts) -> Objection | None:
    """Return the first thing that stands in a job's way whatever else happens, or None."""
    return next(_objections(facts), None)


def _objections(facts: JobFacts) -> Iterator[Objection]:
    pool, product, spec = facts.references.pool, facts.references.product, facts.job.spec
    if facts.references.pool_problem:
        yield "PoolStalled", f"pool {spec.pool_ref.name} cannot work: {facts.references.pool_problem}"
    if spec.outputs is not None and (spec.outputs.uri or spec.outputs.secret_ref):
        yield "OutputsUnsupported", "outputs are kept in the hub's store: leave out outputs.uri and outputs.secretRef"
    if pool is not None and pool.spec.backend == Backend.LOCAL:
        if spec.workload is not None:
            yield from _of_workload(spec.workload)
        if product is not None and product.workload is not None:
            yield from _of_product(product.workload)


def _of_product(workload: Workload) -> Iterator[Objection]:
    if workload.source is not None and workload.source.config_map_ref is not None:
        what = "the AIService takes its code from a ConfigMap, and it has no namespace"
        yield "SourceUnsupported", f"{what}: its publisher must use workload.source.archive"
    yield from _of_workload(workload)


def _of_workload(workload: Workload) -> Iterator[Objection]:
    runtime = workload.runtime_env
    if workload.source is not None and workload.source.image:
        remedy = "leave out workload.source.image"
        yield "ImageUnsupported", f"backend Local runs no images: {remedy}"
    if any(item.secret_key_ref for item in workload.env):
        remedy = "use plain values in workload.env"
        yield "SecretAccessDenied", f"backend Local mounts no Secrets: {remedy}"
    if runtime is not None and runtime.py_modules:
        remedy = "bring modules in workload.source, or name packages in runtimeEnv.pip"
        yield "RuntimeEnvUnsupported", f"backend Local fetches no pyModules: {remedy}"
