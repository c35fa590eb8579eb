"""Two operators and one Lease on a real API server: one leads at a time, and loss is noticed."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import pytest

from hansa_operator.adapters.kube.access import Access, load_access
from hansa_operator.adapters.kube.client import KubeClient
from hansa_operator.adapters.kube.leadership import Leadership, Rhythm
from hansa_operator.adapters.kube.resources import resource_of
from hansa_operator.adapters.kube.session import Session
from tests.fixtures.controlplane import ControlPlane

QUICK = Rhythm(lease=3, renew=0.5, give_up=2.0, retry=0.2)


class Candidate:
    """Hold a candidate with a client of its own: what it saw of the lease is its own, too."""

    def __init__(self, session: Session, namespace: str, holder: str) -> None:
        self.leadership = Leadership(KubeClient(session), namespace, "hansa", holder, rhythm=QUICK)
        self.lost: list[float] = []
        self.acquiring = asyncio.create_task(self.leadership.acquire())
        self.running: asyncio.Task[None] | None = None

    async def lead(self) -> None:
        async with asyncio.timeout(30):
            await self.acquiring
        self.running = asyncio.create_task(self.leadership.run(lambda: self.lost.append(time.monotonic())))

    async def stop(self) -> None:
        for task in (self.acquiring, self.running):
            if task is not None:
                task.cancel()
                await asyncio.wait([task])


@pytest.fixture
async def candidate(kube_session: Session, namespace: str) -> AsyncIterator[Callable[[str], Candidate]]:
    made: list[Candidate] = []

    def make(holder: str, session: Session = kube_session) -> Candidate:
        made.append(Candidate(session, namespace, holder))
        return made[-1]

    yield make
    for one in made:
        await one.stop()


@asynccontextmanager
async def relay(url: str) -> AsyncIterator[tuple[int, Callable[[], None]]]:
    """Pass connections on to the API server; yields the port, and what cuts them all and takes no more."""
    target, writers = urlsplit(url), []

    async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                writer.write(data)
        except OSError:
            pass
        finally:
            writer.close()

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(target.hostname, target.port)
        writers.extend((writer, back))
        await asyncio.gather(pipe(reader, back), pipe(there, writer))

    server = await asyncio.start_server(connect, "127.0.0.1", 0)

    def cut() -> None:
        server.close()
        for writer in writers:
            writer.transport.abort()

    try:
        yield server.sockets[0].getsockname()[1], cut
    finally:
        cut()


async def until(condition: Callable[[], object], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        await asyncio.sleep(0.02)


async def test_the_second_takes_over_after_a_release(candidate: Callable[[str], Candidate]) -> None:
    await (one := candidate("one")).lead()
    two = candidate("two")
    # Longer than the lease: it is the renewals that keep the second out.
    await asyncio.wait([two.acquiring], timeout=QUICK.lease + 1)
    assert not two.acquiring.done()
    assert (one.leadership.leads, two.leadership.leads, one.lost) == (True, False, [])
    await one.stop()
    await one.leadership.release()
    released = time.monotonic()
    await two.lead()
    assert time.monotonic() - released < QUICK.lease
    assert (one.leadership.leads, two.leadership.leads) == (False, True)


async def test_the_second_takes_over_when_the_first_is_silent_and_not_before(
    candidate: Callable[[str], Candidate],
) -> None:
    await (one := candidate("one")).lead()
    two = candidate("two")
    await one.stop()
    await until(lambda: not one.leadership.leads)
    assert not two.leadership.leads
    await two.lead()
    assert two.leadership.leads


async def test_a_leader_whose_lease_another_took_notices(
    candidate: Callable[[str], Candidate], kube_session: Session, namespace: str
) -> None:
    await (one := candidate("one")).lead()
    path = resource_of("Lease").path(namespace, "hansa")
    await kube_session.merge(path, {"spec": {"holderIdentity": "somebody"}})
    await until(lambda: one.lost)
    assert not one.leadership.leads
    await asyncio.wait([one.running])
    assert len(one.lost) == 1


async def test_a_leader_that_cannot_reach_the_api_server_stops_before_another_starts(
    candidate: Callable[[str], Candidate], controlplane: ControlPlane
) -> None:
    access = load_access(controlplane.kubeconfig)
    async with relay(access.url) as (port, cut):
        session = Session(Access(f"https://127.0.0.1:{port}", access.tls, access.token))
        await (one := candidate("one", session)).lead()
        two = candidate("two")
        cut()
        await two.lead()
        assert len(one.lost) == 1
        assert one.lost[0] < time.monotonic()
        assert not one.leadership.leads
        await session.close()
