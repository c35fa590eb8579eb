"""Bring a sandbox up: control plane and chain at the same time, then the market's objects, the operator, the agents."""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from hansa_chain.deployment import Deployment
from hansa_chain.errors import ChainProblem
from hansa_chain.rpc import Chain
from hansa_cli.chain_access import explain_chain
from hansa_cli.cluster.access import load_access
from hansa_cli.cluster.client import Cluster, Resource
from hansa_cli.cluster.hansa_kinds import CREDIT_LINES, POOLS, PROVIDERS, find_one
from hansa_cli.job_view import is_true, reason_of
from hansa_cli.problem import Problem
from hansa_cli.sandbox import manifests
from hansa_cli.sandbox.apiserver import start_control_plane
from hansa_cli.sandbox.borrowed import require_borrowed
from hansa_cli.sandbox.cast import Cast
from hansa_cli.sandbox.closing import Closed, Gate
from hansa_cli.sandbox.home import Home, Record, save_record
from hansa_cli.sandbox.keys import make_keys
from hansa_cli.sandbox.kind import create_kind_cluster, kind_wanted, require_kind
from hansa_cli.sandbox.market import on_chain, open_market, sign_line
from hansa_cli.sandbox.node import CHAIN_ID, fund, node_url, start_node, tick
from hansa_cli.sandbox.objects import apply_all, apply_crds
from hansa_cli.sandbox.operator_account import account_objects, write_account_kubeconfig
from hansa_cli.sandbox.product import pack_product
from hansa_cli.sandbox.services import start_agents, start_operator
from hansa_cli.sandbox.together import together
from hansa_cli.sandbox.tools import require_ray
from hansa_cli.screen import Steps
from hansa_operator.adapters.free_ports import free_ports
from hansa_operator.api.crd import build_crds

SETTLED_SECONDS = 60.0
LOOK_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Building:
    """Hold what every step of bringing a sandbox up needs."""

    home: Home
    record: Record
    cast: Cast
    gate: Gate
    steps: Steps


def bring_up(building: Building) -> Record:
    """Start everything in an empty home; returns the record of the complete sandbox."""
    started = time.monotonic()
    cluster = prepare(building)
    with building.steps.step("operator", "operator"):
        start_operator(building.home, building.record, building.cast, building.gate)
    building.steps.keep("ready", time.monotonic() - started)
    with building.steps.step("agents", "agents of the providers") as note:
        start_agents(building.home, building.record, building.cast, building.gate)
        wait_open(cluster, building.cast, building.gate, note.say)
    complete = replace(building.record, complete=True)
    save_record(building.home, complete)
    return complete


def prepare(building: Building) -> Cluster:
    """Start control plane and chain, and put everything there that the operator works with."""
    building.home.make()
    save_record(building.home, building.record)
    together(lambda: _cluster(building), lambda: _chain(building))
    cluster = Cluster(load_access(Path(building.record.kubeconfig)))
    chain = connect(building.record)
    with building.steps.step("objects", "hub, pool, providers, product and credit lines"):
        apply_all(cluster, _objects(building, chain))
    return cluster


def plan(home: Home) -> Record:
    """Return the record of a sandbox that is about to be made; raises Problem when another cluster cannot be used."""
    require_ray()
    chain_port, gateway_port = free_ports(2)
    borrowed = os.environ.get("HANSA_KUBECONFIG")
    if borrowed:
        # Before anything is written: what follows would only find a home that cannot be mended.
        require_borrowed(Path(borrowed).expanduser())
    elif kind_wanted():
        require_kind()
    fresh = Record.fresh()
    return replace(
        fresh,
        chain_id=CHAIN_ID,
        chain_url=node_url(chain_port),
        chain_port=chain_port,
        gateway_port=gateway_port,
        gateway_url=f"http://127.0.0.1:{gateway_port}",
        kubeconfig=str(Path(borrowed).expanduser().resolve()) if borrowed else str(home.kubeconfig),
        own_cluster=not borrowed and not kind_wanted(),
        kind_cluster=f"hansa-{fresh.id}" if kind_wanted() and not borrowed else "",
    )


def connect(record: Record) -> Chain:
    """Return the sandbox's chain."""
    try:
        return Chain.connect(record.chain_url, chain_id=record.chain_id)
    except ChainProblem as problem:
        raise explain_chain(problem) from problem


def _cluster(building: Building) -> None:
    home, record, steps = building.home, building.record, building.steps
    if record.kind_cluster:
        with steps.step("control-plane", f"kind cluster {record.kind_cluster}"):
            create_kind_cluster(home, record.kind_cluster)
    elif record.own_cluster:
        with steps.step("control-plane", "control plane: etcd, kube-apiserver, kube-controller-manager"):
            start_control_plane(home, record.id, building.gate)
    cluster = Cluster(load_access(Path(record.kubeconfig)))
    with steps.step("crds", "custom resources and namespaces"):
        apply_crds(cluster, build_crds())
        apply_all(cluster, manifests.namespaces(building.cast))
        apply_all(cluster, account_objects())
        write_account_kubeconfig(cluster, Path(record.kubeconfig), home.operator_kubeconfig)


def _chain(building: Building) -> None:
    home, record, cast = building.home, building.record, building.cast
    with building.steps.step("chain", "chain: anvil, contracts, deposits and bonds"):
        start_node(home, record.id, building.gate, record.chain_port)
        keys = make_keys(home, cast.roles)
        fund(record.chain_url, [keys.address(role) for role in cast.roles])
        deployment = open_market(connect(record), cast, keys, pack_product(home, cast.product))
        deployment.save(home.deployment)
        tick(record.chain_url)


def _objects(building: Building, chain: Chain) -> Iterator[dict[str, Any]]:
    home, cast = building.home, building.cast
    deployment, keys = Deployment.load(home.deployment), make_keys(home, cast.roles)
    names = on_chain(deployment, chain, keys.address("hub"))
    archive = pack_product(home, cast.product)
    yield manifests.secret(manifests.RPC_SECRET, {"url": building.record.chain_url})
    yield manifests.secret(manifests.SIGNER_SECRET, {"privateKey": keys.hex("hub")})
    yield manifests.hub(cast, names)
    yield manifests.pool(cast)
    for merchant in cast.providers:
        address, key = keys.address(f"provider-{merchant.name}"), keys.address(f"receipt-{merchant.name}")
        yield manifests.provider(cast, merchant, address=address, agent_key=key, vault=names.vault)
    publisher = keys.address("publisher")
    yield manifests.service(cast, publisher=publisher, uri=archive.uri, sha256=archive.sha256)
    for customer in cast.customers:
        yield manifests.credit_line(cast, customer, sign_line(customer, keys, deployment, chain))


def wait_open(cluster: Cluster, cast: Cast, gate: Gate, say: Callable[[str], None]) -> None:
    """Wait until all providers, the pool and the credit lines are ready for jobs."""
    wanted: list[tuple[Resource, str | None, str]] = [(PROVIDERS, None, one.name) for one in cast.providers]
    wanted += [
        (POOLS, None, cast.pool),
        *((CREDIT_LINES, one.namespace, manifests.CREDIT_LINE) for one in cast.customers),
    ]
    until = time.monotonic() + SETTLED_SECONDS
    for resource, namespace, name in wanted:
        while not is_true(seen := find_one(cluster, resource, namespace, name) or {}, "Ready"):
            reason, message = reason_of(seen)
            say(f"{name}: {reason or 'not looked at yet'}")
            if gate.closed:
                raise Closed
            if time.monotonic() > until:
                what = f"{resource.kind} {name} is not ready after {SETTLED_SECONDS:.0f} s: {reason}: {message}"
                raise Problem(what, "read the operator's and the agents' logs")
            time.sleep(LOOK_SECONDS)
