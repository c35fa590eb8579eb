"""Clusters come, end badly or well, and leave nothing."""

import signal
import sys
import textwrap
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from hansa_operator.adapters.ray.local import LocalRay, clusters, starting
from hansa_operator.ports.ray import ClusterKey, ClusterPhase, ClusterSpec, RayJobState
from tests.integration.ray.clusters import ONE, accepted, folders, joined, leader, members, phase, script, until
from tests.integration.ray.conftest import tear_down

WAIT = "import time\ntime.sleep(600)\n"


@pytest_asyncio.fixture
async def own(tmp_path: Path) -> AsyncIterator[LocalRay]:
    backend = LocalRay(tmp_path)
    yield backend
    await backend.close()
    await tear_down(tmp_path)


def executable(path: Path, script: str) -> Path:
    path.write_text("#!/bin/sh\n" + textwrap.dedent(script))
    path.chmod(0o755)
    return path


async def test_two_clusters_live_side_by_side_and_a_lost_head_is_told(own: LocalRay) -> None:
    alpha, beta = ClusterKey("bremen", "atlas"), ClusterKey("wismar", "borealis")
    for key in (alpha, beta):
        await own.ensure(ClusterSpec(key, (ONE,)))
        assert (await own.observe(key)).phase is ClusterPhase.STARTING
    for key in (alpha, beta):
        await joined(own, key, ONE)
    await accepted(own, alpha, script("long-1", WAIT))

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
    ray = LocalRay(tmp_path, executable(tmp_path / "ray", "echo the cargo is wet; exit 1"))
    key = ClusterKey("stade", "atlas")
    await ray.ensure(ClusterSpec(key, (ONE,)))
    assert "the cargo is wet" in (await phase(ray, key, ClusterPhase.FAILED)).message
    await ray.delete(key)
    await phase(ray, key, ClusterPhase.ABSENT)
    assert folders(ray) == []
    await ray.close()


async def test_a_head_and_a_worker_that_end_while_they_start_are_started_anew(tmp_path: Path) -> None:
    stumbling = executable(
        tmp_path / "ray",
        f"""
        case "$*" in *--head*) role=head ;; *) role=worker ;; esac
        mkdir "{tmp_path}/$role" 2>/dev/null && {{ echo "the port of the $role is taken"; exit 1; }}
        exec "{Path(sys.executable).with_name("ray")}" "$@"
        """,
    )
    ray, key = LocalRay(tmp_path, stumbling), ClusterKey("stade", "atlas")
    await ray.ensure(ClusterSpec(key, (ONE,)))
    assert (await joined(ray, key, ONE)).message == ""
    assert (tmp_path / "head").is_dir()
    assert (tmp_path / "worker").is_dir()
    await ray.close()
    await tear_down(tmp_path)
    assert folders(ray) == []


@pytest.mark.parametrize(("listens", "told"), [(False, "does not listen"), (True, "is not whole")])
async def test_a_head_that_never_answers_is_failed_and_told_of_until_the_next_one_has_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, listens: bool, told: str
) -> None:
    monkeypatch.setattr(clusters, "START_SECONDS", 0.5)
    monkeypatch.setattr(starting, "START_SECONDS", 0.5)
    port = "next((one[7:] for one in sys.argv if one.startswith('--port=')), 0)"
    serve = f"import socket, sys, time; s = socket.create_server(('127.0.0.1', int({port}))); time.sleep(600)"
    does = f'exec "{sys.executable}" -c "{serve if listens else "import time; time.sleep(600)"}" "$@"'
    ray, key = LocalRay(tmp_path, executable(tmp_path / "ray", does)), ClusterKey("stade", "atlas")
    await ray.ensure(ClusterSpec(key, (ONE,)))
    assert told in (await phase(ray, key, ClusterPhase.FAILED)).message
    await ray.delete(key)
    await phase(ray, key, ClusterPhase.ABSENT)
    await ray.ensure(ClusterSpec(key, (ONE,)))
    again = await ray.observe(key)
    assert (again.phase, told in again.message) == (ClusterPhase.STARTING, True)
    await ray.close()
    await tear_down(tmp_path)


async def test_a_cluster_waits_for_its_turn_while_as_many_start_as_the_machine_has_cores(tmp_path: Path) -> None:
    ray = LocalRay(tmp_path, executable(tmp_path / "ray", "exec sleep 600"))
    ray._machine.turns.at_once = 2
    keys = {ClusterKey(name, "atlas") for name in ("bremen", "wismar", "rostock")}
    for key in keys:
        await ray.ensure(ClusterSpec(key, (ONE,)))

    def begun() -> set[ClusterKey]:
        return {key for key in keys if members(ray, key)}

    async def two_begun() -> bool:
        return len(begun()) == 2

    await until(two_begun, "two heads begin")
    (waiting,) = keys - begun()
    assert (await ray.observe(waiting)).phase is ClusterPhase.STARTING
    await ray.delete(begun().pop())

    async def moved_up() -> bool:
        return waiting in begun()

    await until(moved_up, "the third begins once one of them is gone")
    await ray.close()
    await tear_down(tmp_path)


async def test_deleting_what_is_not_there_is_fine(tmp_path: Path) -> None:
    ray = LocalRay(tmp_path)
    key = ClusterKey("stade", "atlas")
    await ray.delete(key)
    await phase(ray, key, ClusterPhase.ABSENT)
    await ray.close()
