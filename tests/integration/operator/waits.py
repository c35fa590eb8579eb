"""What jobs and credit lines wait for, and that they go on by themselves once it is there."""

import secrets
from dataclasses import replace

from hansa_chain.sender import Sender
from hansa_cli.cluster.hansa_kinds import GROUP_VERSION, POOLS
from hansa_cli.sandbox import manifests
from hansa_cli.sandbox.cast import DEMO
from hansa_protocol.identity import keccak
from tests.integration.operator.tenant import Tenant
from tests.integration.operator.things import CreditLine, Job

NOWHERE = {"gpus": 1, "gpuModels": ["none-has-it"]}
"""A job that goes on finds no provider, and Ray is left in peace."""


def waits(job: Job, reference: str) -> Job:
    """Return the job once it waits for what it refers to."""
    job.until("Reconciling", "WaitingForReference")
    assert reference in job.message("Reconciling")
    return job


def goes_on(job: Job) -> Job:
    """Return the job once it has all that it refers to."""
    job.until("Placed", "NoEligibleProvider")
    assert job.reason("Stalled") == job.reason("Reconciling") == ""
    return job


def put_pool(tenant: Tenant, name: str, **changes: object) -> None:
    """Apply a pool that is as the market's own but for its name and these changes."""
    pool = tenant.market.cluster.get(POOLS, None, tenant.market.cast.pool)
    assert pool is not None
    fresh = {"apiVersion": GROUP_VERSION, "kind": "ProviderPool", "metadata": {"name": name}}
    tenant.market.cluster.apply({**fresh, "spec": {**pool["spec"], **changes}})


def without_pool(tenant: Tenant) -> Job:
    job = waits(tenant.run("no-pool", "", resources=NOWHERE, poolRef={"name": "later"}), "ProviderPool later")
    put_pool(tenant, "later")
    return goes_on(job)


def without_hub(tenant: Tenant) -> Job:
    put_pool(tenant, "elsewhere", hubRef={"name": "nowhere"})
    named = tenant.run("no-hub", "", resources=NOWHERE, poolRef={"name": "elsewhere"})
    job = waits(named, "Hub nowhere of ProviderPool elsewhere")
    put_pool(tenant, "elsewhere")
    return goes_on(job)


def without_line(tenant: Tenant) -> Job:
    job = waits(tenant.run("no-line", "", resources=NOWHERE, creditLineRef={"name": "later"}), "CreditLine later")
    key = secrets.token_bytes(32)
    tenant.market.found(key, "1")
    tenant.lend("later", tenant.market.authorization(tenant.namespace, key))
    return goes_on(job)


def without_code(tenant: Tenant) -> Job:
    """Leave a job without its code until it no longer counts as about to come."""
    workload = {"entrypoint": ["python", "train.py"], "source": {"configMapRef": {"name": "later"}}}
    job = waits(tenant.apply("no-code", workload=workload, resources=NOWHERE), "ConfigMap later")
    job.look()
    job.until("Stalled", "ReferenceNotFound")
    assert "ConfigMap later. Create it, or correct the name" in job.message("Stalled")
    job.look()
    metadata = {"name": "later", "namespace": tenant.namespace}
    tenant.market.cluster.apply(
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"train.py": "print('hello')"}}
    )
    return goes_on(job)


def without_product(tenant: Tenant) -> Job:
    market = tenant.market
    job = waits(tenant.apply("no-product", serviceRef={"name": "later"}, resources=NOWHERE), "AIService later")
    digest, cast = keccak(b"later"), replace(DEMO, product=replace(DEMO.product, name="later"))
    publisher = market.keys.address("publisher")
    market.cluster.apply(manifests.service(cast, publisher=publisher, uri="file:///later.zip", sha256=digest.hex()))
    job.until("Stalled", "ServiceNotPublished")
    terms = {"payout": publisher, "royalty_bps": cast.product.royalty_bps, "content_digest": digest}
    Sender(market.chain, market.keys.by_role["publisher"]).send(
        market.contracts.services.publish("later", cast.product.version, **terms)
    )
    return goes_on(job)


def not_admitted(tenant: Tenant) -> Job:
    market, outside = tenant.market, replace(tenant, namespace="outside")
    metadata = {"name": outside.namespace}
    market.cluster.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})
    key = secrets.token_bytes(32)
    market.found(key, "1")
    outside.lend("credit", market.authorization(outside.namespace, key))
    job = outside.run("not-admitted", "", resources=NOWHERE)
    job.until("Stalled", "PoolNotAllowed")
    assert "label the namespace" in job.message("Stalled")
    labels = {manifests.POOL_LABEL: market.cast.pool}
    market.cluster.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {**metadata, "labels": labels}})
    return goes_on(job)


def with_image(tenant: Tenant) -> Job:
    workload = {"entrypoint": ["python"], "source": {"image": "docker.io/library/python:3.12"}}
    job = tenant.apply("with-image", workload=workload)
    job.until("Stalled", "ImageUnsupported")
    job.look()
    return job


def short_of_credit(tenant: Tenant) -> Job:
    market, key = tenant.market, secrets.token_bytes(32)
    market.found(key, "0.001")
    tenant.lend("short", market.authorization(tenant.namespace, key)).until("Ready")
    job = tenant.run("short-of-credit", "import time; time.sleep(600)", creditLineRef={"name": "short"})
    job.until("Admitted", "CreditExhausted")
    assert "0.001 HANSA left" in job.message("Admitted")
    market.found(key, "1")
    job.until("Admitted", "QuotaReserved")
    job.delete()
    job.until_gone()
    return job


def forged(tenant: Tenant) -> tuple[CreditLine, CreditLine]:
    market, key = tenant.market, secrets.token_bytes(32)
    market.found(key, "1")
    genuine = market.authorization(tenant.namespace, key)
    by_another = market.authorization(tenant.namespace, secrets.token_bytes(32))
    line = tenant.lend("forged", {**by_another, "customer": genuine["customer"]})
    line.until("Stalled", "SignatureInvalid")
    other = tenant.lend("genuine", genuine)
    other.until("Ready")
    return line, other


def copied(tenant: Tenant) -> CreditLine:
    key = secrets.token_bytes(32)
    line = tenant.lend("copied", tenant.market.authorization("somebody-else", key))
    line.until("Stalled")
    return line


def doubled(tenant: Tenant) -> tuple[CreditLine, CreditLine]:
    market, key = tenant.market, secrets.token_bytes(32)
    market.found(key, "1")
    signed = market.authorization(tenant.namespace, key)
    first = tenant.lend("first", signed)
    first.until("Ready")
    second = tenant.lend("second", signed)
    second.until("Stalled", "DuplicateLine")
    assert first.reason("Ready") == "Active"
    first.delete()
    second.until("Ready")
    return first, second


WAITED = (without_pool, without_hub, without_line, without_code, without_product, not_admitted)
ACTS = (*WAITED, with_image, short_of_credit, forged, copied, doubled)
