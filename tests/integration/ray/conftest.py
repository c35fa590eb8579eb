"""One real cluster for the tests of a module; each test adopts it with a backend object of its own."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from hansa_operator.adapters.ray.local import LocalRay
from hansa_operator.ports.ray import ClusterKey, ClusterPhase, ClusterSpec
from tests.integration.ray.clusters import ONE, accepted, joined, phase, script

SHARED = ClusterKey("lubeck", "atlas")


async def bring_up(home: Path) -> None:
    ray = LocalRay(home)
    try:
        await ray.ensure(ClusterSpec(SHARED, (ONE,)))
        await joined(ray, SHARED, ONE)
        await accepted(ray, SHARED, script("first-1", ""))
    finally:
        await ray.close()


async def tear_down(home: Path) -> None:
    ray = LocalRay(home)
    for view in await ray.list_clusters():
        await ray.delete(view.key)
        await phase(ray, view.key, ClusterPhase.ABSENT)
    await ray.close()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("ray")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HANSA_HUB_KEY", "a secret of the operator")
        patch.setenv("KUBECONFIG", "/nowhere/kubeconfig")
        try:
            asyncio.run(bring_up(folder))
            yield folder
        finally:
            asyncio.run(tear_down(folder))


@pytest_asyncio.fixture
async def ray(home: Path) -> AsyncIterator[LocalRay]:
    backend = LocalRay(home)
    yield backend
    await backend.close()


@pytest.fixture
def shared() -> ClusterKey:
    return SHARED
