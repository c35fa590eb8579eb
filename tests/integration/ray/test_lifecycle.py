"""Clusters come, end badly or well, and leave nothing."""

import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from hansa_operator.adapters.ray.local import LocalRay
from hansa_operator.ports.ray import ClusterKey, ClusterPhase, ClusterSpec, RayJobState
from tests.integration.ray.clusters import ONE, folders, joined, leader, members, phase, script, until
from tests.integration.ray.conftest import tear_down

WAIT = "import time\ntime.sleep(600)\n"


@pytest_asyncio.fixture
async def own(tmp_path: Path) -> AsyncIterator[LocalRay]:
    backend = LocalRay(tmp_path)
    yield backend
    await backend.close()
    await tear_down(tmp_path)


async def test_two_clusters_live_side_by_side_and_a_lost_head_is_told(own: LocalRay) -> None:
    alpha, beta = ClusterKey("bremen", "atlas"), ClusterKey("wismar", "borealis")
    for key in (alpha, beta):
        await own.ensure(ClusterSpec(key, (ONE,)))
        assert (await own.observe(key)).phase is ClusterPhase.STARTING
    for key in (alpha, beta):
        await joined(own, key, ONE)
    await own.submit(alpha, script("long-1", WAIT))

    async def running() -> bool:
        return (await own.job(alpha, "long-1")).state is RayJobState.RUNNING

    await until(running, "the job runs")
    assert (await own.job(beta, "long-1")).state is RayJobState.ABSENT

    leader(own, alpha, "head").send(signal.SIGKILL)
    view = await phase(own, alpha, ClusterPhase.FAILED)
    assert "head ended" in view.message
    assert (await own.job(alpha, "long-1")).state is RayJobState.UNKNOWN
    assert (await own.observe(beta)).phase is ClusterPhase.READY

    for key in (alpha, beta):
        begun = time.monotonic()
        await own.delete(key)
        assert (await own.observe(key)).phase is ClusterPhase.STOPPING
        await phase(own, key, ClusterPhase.ABSENT)
        assert time.monotonic() - begun < 8
        assert members(own, key) == []
    assert folders(own) == []
    assert await own.list_clusters() == ()


async def test_a_cluster_deleted_while_it_starts_leaves_nothing(own: LocalRay) -> None:
    key = ClusterKey("rostock", "atlas")
    await own.ensure(ClusterSpec(key, (ONE,)))

    async def begun() -> bool:
        return bool(members(own, key))

    await until(begun, "the head begins")
    await own.delete(key)
    await phase(own, key, ClusterPhase.ABSENT)
    assert members(own, key) == []
    assert folders(own) == []


async def test_a_machine_without_ray_is_told_so(tmp_path: Path) -> None:
    ray = LocalRay(tmp_path, tmp_path / "no" / "ray")
    key = ClusterKey("stade", "atlas")
    await ray.ensure(ClusterSpec(key, (ONE,)))
    assert "there is no Ray at" in (await phase(ray, key, ClusterPhase.FAILED)).message
    await ray.delete(key)
    await phase(ray, key, ClusterPhase.ABSENT)
    await ray.close()


async def test_a_ray_that_ends_at_once_is_failed_with_its_last_words(tmp_path: Path) -> None:
    broken = tmp_path / "ray"
    broken.write_text("#!/bin/sh\necho the cargo is wet\nexit 1\n")
    broken.chmod(0o755)
    ray = LocalRay(tmp_path, broken)
    key = ClusterKey("stade", "atlas")
    await ray.ensure(ClusterSpec(key, (ONE,)))
    assert "the cargo is wet" in (await phase(ray, key, ClusterPhase.FAILED)).message
    await ray.delete(key)
    await phase(ray, key, ClusterPhase.ABSENT)
    assert folders(ray) == []
    await ray.close()


async def test_deleting_what_is_not_there_is_fine(tmp_path: Path) -> None:
    ray = LocalRay(tmp_path)
    key = ClusterKey("stade", "atlas")
    await ray.delete(key)
    await phase(ray, key, ClusterPhase.ABSENT)
    await ray.close()
