"""Open the operator: health first, leadership before the store, everything known before the watches begin."""

import asyncio
import random
import time
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import structlog

from hansa_operator.adapters.chain import EvmChain
from hansa_operator.adapters.gateway import Gateway
from hansa_operator.adapters.health import HealthServer, Heartbeat, Metrics, at_most
from hansa_operator.adapters.kube.client import KubeClient, open_kube
from hansa_operator.adapters.kube.leadership import Leadership, name_holder
from hansa_operator.adapters.ray.local import LocalRay
from hansa_operator.adapters.store import open_store
from hansa_operator.composition import running
from hansa_operator.composition.ports_file import write_ports
from hansa_operator.composition.starting import Starting, connect, find_hub, read_keys
from hansa_operator.composition.world import Found, build_intake, build_world
from hansa_operator.reconcile.job.promises import restore_promises
from hansa_operator.reconcile.kinds.sealing import recover
from hansa_operator.reconcile.observing import Observer
from hansa_operator.reconcile.queue import KeyedQueue, Work
from hansa_operator.settings import Settings

STUCK_SECONDS = 30.0
LATE_SECONDS = 120.0
END_SECONDS = 5.0
log = structlog.get_logger(__name__)


def unix_ms() -> int:
    """Return the hub's time."""
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class Opening:
    """Hold what every step of opening needs; what is opened is closed by the stack, last first."""

    settings: Settings
    stack: AsyncExitStack
    stop: Callable[[str], None]
    hide: Callable[[str], None]
    starting: Starting
    metrics: Metrics
    queue: KeyedQueue


async def open_operator(
    settings: Settings, stack: AsyncExitStack, *, stop: Callable[[str], None], hide: Callable[[str], None]
) -> Observer:
    """Bring everything up and return where events go; `stop` ends the process, `hide` keeps a secret out of the log."""
    queue = KeyedQueue(clock=unix_ms, rng=random.Random(), on_error=running.log_failure)  # noqa: S311 - jitter
    opening = Opening(settings, stack, stop, hide, Starting(), Metrics.create(), queue)
    health_port = await _serve_health(opening)
    kube = await stack.enter_async_context(open_kube(settings.kubeconfig))
    leadership = await _lead(opening, kube)
    found = await _find(opening, kube)
    world = build_world(found, settings, queue, opening.metrics, unix_ms)
    await recover(world)
    restore_promises(world)
    gateway = Gateway(build_intake(world, found), settings.gateway_host, settings.gateway_port)
    gateway_port = await gateway.start()
    stack.push_async_callback(gateway.stop)
    if settings.ports_file is not None:
        write_ports(settings.ports_file, gateway=gateway_port, health=health_port)
    observer = Observer(world)
    await opening.starting.until(observer.prime)
    running.enqueue_all(world)
    _work(opening, leadership, observer, running.measured(world, opening.metrics, lambda: leadership.leads))
    opening.starting.reason = None
    log.info("operator ready", hub=world.hub.name, address=world.hub.address, gateway=settings.gateway_url)
    return observer


async def _serve_health(opening: Opening) -> int:
    heartbeat, queue = Heartbeat(), opening.queue
    heartbeat.start()
    opening.stack.callback(heartbeat.stop)
    opening.metrics.watch_queue(lambda: queue.depth, lambda: queue.oldest_age_ms)
    alive = {
        "loop": at_most(STUCK_SECONDS, lambda: heartbeat.age_seconds, "the event loop last turned"),
        "queue": at_most(LATE_SECONDS, lambda: queue.oldest_age_ms / 1000, "the oldest key became due"),
    }
    health = HealthServer(
        opening.settings.health_host,
        opening.settings.health_port,
        alive=alive,
        ready={"start": opening.starting.check},
        registry=opening.metrics.registry,
    )
    port = await health.start()
    opening.stack.push_async_callback(health.stop)
    return port


async def _lead(opening: Opening, kube: KubeClient) -> Leadership:
    settings = opening.settings
    opening.starting.reason = "another operator leads; this one stands by"
    leadership = Leadership(kube, settings.namespace, f"hansa-{settings.hub}", name_holder())
    await opening.starting.until(leadership.acquire)
    opening.metrics.watch_leader(lambda: leadership.leads)
    opening.stack.push_async_callback(leadership.release)
    _spawn(opening, leadership.run(lambda: opening.stop("leadership was lost")), "leadership")
    return leadership


async def _find(opening: Opening, kube: KubeClient) -> Found:
    settings, starting, stack = opening.settings, opening.starting, opening.stack
    hub = await starting.until(lambda: find_hub(kube, settings.hub))
    keys = await starting.until(lambda: read_keys(kube, settings.namespace, hub))
    opening.hide(keys.private_key.hex())
    opening.hide(keys.rpc_url)
    chain: EvmChain = await starting.until(lambda: connect(kube, hub, keys, settings.deployment))
    stack.push_async_callback(chain.close)
    times = await starting.until(chain.times)
    store = await asyncio.to_thread(open_store, settings.store)
    stack.callback(store.close)
    ray = LocalRay(settings.local_home)
    stack.push_async_callback(ray.close)
    return Found(hub, keys, kube, chain, times, store, ray)


def _work(opening: Opening, leadership: Leadership, observer: Observer, work: Work) -> None:
    world = observer.world
    _spawn(opening, opening.queue.run(work, workers=running.WORKERS), "queue")
    opening.stack.push_async_callback(opening.queue.close, within_seconds=END_SECONDS)
    _spawn(opening, running.sweep(world, observer, opening.metrics), "sweep")
    _spawn(opening, running.adopt_clusters(world), "adoption")


def _spawn(opening: Opening, work: Coroutine[Any, Any, None], name: str) -> None:
    """Run a part of the operator until it closes; one that fails takes the operator with it, for nothing would tell."""
    task = asyncio.create_task(work, name=name)

    def end(ended: "asyncio.Task[None]") -> None:
        if not ended.cancelled() and ended.exception() is not None:
            log.error("a part of the operator failed", part=name, exc_info=ended.exception())
            opening.stop(f"its part {name} failed")

    async def cancel() -> None:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    task.add_done_callback(end)
    opening.stack.push_async_callback(cancel)
