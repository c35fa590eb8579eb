"""A cluster that runs: what jobs see and what the backend tells, each time just after a restart."""

import json
import signal
from pathlib import Path

import aiohttp
import pytest

from hansa_operator.adapters.ray.jobs_api import JobsApi, RayRefused
from hansa_operator.adapters.ray.local import LocalRay
from hansa_operator.ports.ray import (
    ClusterKey,
    ClusterPhase,
    ClusterSpec,
    RayJobState,
    RayUnreachable,
    WorkerGroup,
)
from tests.integration.ray.clusters import (
    ONE,
    command_of,
    ended,
    environment_of,
    folders,
    joined,
    leader,
    members,
    phase,
    script,
    until,
)

TELL = """import json, os, sys
told = {"argv": sys.argv[1:], "greeting": os.environ["GREETING"], "environment": dict(os.environ)}
open(os.environ["HANSA_SPOOL"] + "/told-" + sys.argv[1], "w").write(json.dumps(told))
"""
WAIT = "import time, sys\nprint('waiting', flush=True)\ntime.sleep(600)\n"


async def test_a_restarted_operator_adopts_the_cluster(ray: LocalRay, shared: ClusterKey) -> None:
    before = {one.pid for one in members(ray, shared) if one.leads}
    (found,) = await ray.list_clusters()
    assert (found.key, found.phase) == (shared, ClusterPhase.READY)
    await ray.ensure(ClusterSpec(shared, (ONE,)))
    await joined(ray, shared, *found.groups)
    assert {one.pid for one in members(ray, shared) if one.leads} >= before


async def test_a_job_runs_on_the_worker_with_what_it_was_given(ray: LocalRay, shared: ClusterKey, home: Path) -> None:
    await ray.submit(shared, script("tell-1", TELL, argv=("tell-1", "two words", "$HOME")))
    view = await ended(ray, shared, "tell-1")
    assert view.state is RayJobState.SUCCEEDED
    assert view.start_ms is not None
    assert view.end_ms is not None
    assert view.start_ms <= view.end_ms
    told = json.loads((home / "atlas" / "spool" / "told-tell-1").read_text())
    assert told["argv"] == ["tell-1", "two words", "$HOME"]
    assert told["greeting"] == "hello world"
    assert ":worker-1-0:" in told["environment"]["HANSA_RAY"]


async def test_what_ray_and_jobs_leave_in_the_temporary_folder_goes_with_the_cluster(
    ray: LocalRay, shared: ClusterKey, home: Path
) -> None:
    (cluster,) = folders(ray)
    await ray.submit(shared, script("tell-3", TELL, argv=("tell-3",)))
    await ended(ray, shared, "tell-3")
    told = json.loads((home / "atlas" / "spool" / "told-tell-3").read_text())
    leaders = [environment_of(one.pid) for one in members(ray, shared) if one.leads]
    assert {Path(environment["TMPDIR"]).name for environment in (told["environment"], *leaders)} == {cluster}


async def test_neither_ray_nor_jobs_see_the_operators_secrets(ray: LocalRay, shared: ClusterKey, home: Path) -> None:
    await ray.submit(shared, script("tell-2", TELL, argv=("tell-2",)))
    await ended(ray, shared, "tell-2")
    told = json.loads((home / "atlas" / "spool" / "told-tell-2").read_text())
    seen = [told["environment"], *(environment_of(one.pid) for one in members(ray, shared))]
    assert all(not {"HANSA_HUB_KEY", "KUBECONFIG"} & set(environment) for environment in seen)


async def test_a_known_submission_is_left_as_it_is(ray: LocalRay, shared: ClusterKey) -> None:
    await ray.submit(shared, script("twice-1", "print('first')\n"))
    await ray.submit(shared, script("twice-1", "raise SystemExit(3)\n"))
    assert (await ended(ray, shared, "twice-1")).state is RayJobState.SUCCEEDED
    await ray.submit(shared, script("twice-1", "raise SystemExit(3)\n"))
    assert (await ray.job(shared, "twice-1")).state is RayJobState.SUCCEEDED


async def test_a_failed_job_is_failed(ray: LocalRay, shared: ClusterKey) -> None:
    await ray.submit(shared, script("fail-1", "raise SystemExit(3)\n"))
    view = await ended(ray, shared, "fail-1")
    assert view.state is RayJobState.FAILED
    assert view.message


async def test_a_job_can_be_stopped_and_stopped_again(ray: LocalRay, shared: ClusterKey) -> None:
    await ray.submit(shared, script("stop-1", WAIT))

    async def running() -> bool:
        return (await ray.job(shared, "stop-1")).state is RayJobState.RUNNING

    await until(running, "the job runs")
    await ray.stop_job(shared, "stop-1")
    assert (await ended(ray, shared, "stop-1")).state is RayJobState.STOPPED
    await ray.stop_job(shared, "stop-1")
    await ray.stop_job(shared, "never-submitted")


async def test_only_rays_word_makes_a_job_absent(ray: LocalRay, shared: ClusterKey) -> None:
    assert (await ray.job(shared, "never-submitted")).state is RayJobState.ABSENT
    nowhere = ClusterKey("nowhere", "nobody")
    assert (await ray.job(nowhere, "never-submitted")).state is RayJobState.UNKNOWN
    with pytest.raises(RayUnreachable):
        await ray.submit(nowhere, script("x-1", ""))
    assert (await ray.observe(nowhere)).phase is ClusterPhase.ABSENT


async def test_the_jobs_api_refuses_those_without_the_clusters_token(ray: LocalRay, shared: ClusterKey) -> None:
    port = leader(ray, shared, "head").mark.dashboard_port
    async with aiohttp.ClientSession() as session:
        for token in ("", "wrong" * 12):
            with pytest.raises(RayRefused, match="answered 40"):
                await JobsApi(session, f"127.0.0.1:{port}", token).workers()


async def test_a_dashboard_that_does_not_answer_is_unknown(
    ray: LocalRay, shared: ClusterKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hansa_operator.adapters.ray.jobs_api.READ_SECONDS", 1.0)
    await phase(ray, shared, ClusterPhase.READY)
    dashboard = [one for one in members(ray, shared) if "dashboard.py" in command_of(one.pid)]
    assert dashboard
    for one in dashboard:
        one.send(signal.SIGSTOP)
    try:
        assert (await ray.observe(shared)).phase is ClusterPhase.UNKNOWN
        assert (await ray.job(shared, "tell-1")).state is RayJobState.UNKNOWN
        assert [view.phase for view in await ray.list_clusters()] == [ClusterPhase.UNKNOWN]
    finally:
        for one in dashboard:
            one.send(signal.SIGCONT)
    await phase(ray, shared, ClusterPhase.READY)


async def test_ensure_grows_a_cluster_and_replaces_a_killed_worker(ray: LocalRay, shared: ClusterKey) -> None:
    two = WorkerGroup(2, 1)
    await ray.ensure(ClusterSpec(shared, (ONE, two)))
    await joined(ray, shared, ONE, two)
    for one in [one for one in members(ray, shared) if one.mark.role == "worker-2-0"]:
        one.send(signal.SIGKILL)
    view = await joined(ray, shared, ONE)
    assert "worker-2-0" in view.message
    await ray.ensure(ClusterSpec(shared, (two,)))
    await joined(ray, shared, ONE, two)
