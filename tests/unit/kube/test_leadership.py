"""A leader stops before anybody else may start, whatever the API server does; in virtual time."""

import asyncio

import pytest

from hansa_operator.adapters.kube.leadership import Leadership, name_holder
from hansa_operator.ports.kube import ApiUnreachable, Forbidden
from tests.virtual_time import virtual


def now():
    return asyncio.get_running_loop().time()


class LeaseServer:
    """Keep one lease as the API server does; `problem` is raised, and answers take `delay` seconds."""

    def __init__(self):
        self.holder, self.until, self.calls = "", 0.0, []
        self.problem, self.delay, self.conflicts = None, 0.0, 0

    async def hold_lease(self, namespace, name, holder, *, seconds):
        self.calls.append(now())
        assert (namespace, name) == ("hansa-system", "hansa")
        await self._answer()
        if self.conflicts:
            self.conflicts -= 1
            return False
        if self.holder not in ("", holder) and now() < self.until:
            return False
        self.holder, self.until = holder, now() + seconds
        return True

    async def release_lease(self, namespace, name, holder):
        await self._answer()
        if self.holder == holder:
            self.holder = ""

    async def _answer(self):
        await asyncio.sleep(self.delay)
        if self.problem is not None:
            raise self.problem


class Candidate:
    """Hold a leadership that runs, and when it was lost."""

    def __init__(self, server, holder="one"):
        self.leadership = Leadership(server, "hansa-system", "hansa", holder, clock=now)
        self.lost = []
        self.task = None

    async def lead(self):
        await self.leadership.acquire()
        self.task = asyncio.create_task(self.leadership.run(lambda: self.lost.append(now())))

    async def stop(self):
        self.task.cancel()
        await asyncio.wait([self.task])


@virtual
async def test_a_lease_is_renewed_every_two_seconds():
    server = LeaseServer()
    await (one := Candidate(server)).lead()
    await asyncio.sleep(9)
    assert server.calls == [0, 2, 4, 6, 8]
    assert (one.leadership.leads, one.lost) == (True, [])
    await one.stop()


@virtual
async def test_a_candidate_asks_every_two_seconds_until_the_lease_is_free():
    server = LeaseServer()
    server.holder, server.until = "other", 9.0
    one = Candidate(server)
    assert not one.leadership.leads
    await one.lead()
    assert server.calls == [0, 2, 4, 6, 8, 10]
    assert one.leadership.leads
    await one.stop()


@virtual
async def test_a_candidate_waits_for_an_api_server_that_does_not_answer():
    server = LeaseServer()
    server.problem = ApiUnreachable("down")
    acquiring = asyncio.create_task(Candidate(server).leadership.acquire())
    await asyncio.sleep(60)
    assert not acquiring.done()
    server.problem = None
    await acquiring


@virtual
async def test_a_missing_permission_ends_the_wait():
    server = LeaseServer()
    server.problem = Forbidden("grant this")
    with pytest.raises(Forbidden, match="grant this"):
        await Candidate(server).leadership.acquire()


@virtual
async def test_an_answer_that_comes_too_late_makes_no_leader():
    server = LeaseServer()
    server.delay = 12.0
    acquiring = asyncio.create_task((one := Candidate(server)).leadership.acquire())
    await asyncio.sleep(100)
    assert not acquiring.done()
    server.delay = 0.0
    await acquiring
    assert one.leadership.leads


@pytest.mark.parametrize("problem", [ApiUnreachable("down"), Forbidden("no more"), "no answer at all"], ids=str)
def test_a_lease_that_cannot_be_renewed_is_lost_after_ten_seconds(problem):
    @virtual
    async def play():
        server = LeaseServer()
        await (one := Candidate(server)).lead()
        await asyncio.sleep(5)
        server.delay, server.problem = (1000.0, None) if isinstance(problem, str) else (0.0, problem)
        await asyncio.sleep(8.9)
        assert (one.leadership.leads, one.lost) == (True, [])
        await one.task
        assert (one.lost, one.leadership.leads) == ([pytest.approx(14.0)], False)

    play()


@pytest.mark.parametrize("begins", [4.1, 5.0, 5.9], ids="{} s after the start".format)
@pytest.mark.parametrize("hangs", [False, True], ids=["it refuses", "it hangs"])
def test_an_outage_of_six_seconds_costs_no_leadership(begins, hangs):
    @virtual
    async def play():
        server = LeaseServer()
        await (one := Candidate(server)).lead()
        await asyncio.sleep(begins)
        server.problem, server.delay = (None, 6.0) if hangs else (ApiUnreachable("restarting"), 0.0)
        await asyncio.sleep(6)
        server.problem, server.delay = None, 0.0
        await asyncio.sleep(60)
        assert (one.leadership.leads, one.lost) == (True, [])
        await one.stop()

    play()


@virtual
async def test_a_lease_that_another_holds_is_lost_at_once():
    server = LeaseServer()
    await (one := Candidate(server)).lead()
    await asyncio.sleep(5)
    server.holder, server.until = "other", 1000.0
    await one.task
    assert (one.lost, one.leadership.leads) == ([6.0], False)


@virtual
async def test_somebodys_change_of_the_lease_in_between_costs_no_leadership():
    server = LeaseServer()
    await (one := Candidate(server)).lead()
    server.conflicts = 1
    await asyncio.sleep(60)
    assert (one.leadership.leads, one.lost) == (True, [])
    await one.stop()


@virtual
async def test_nobody_leads_on_the_word_of_a_loop_that_was_stuck():
    server = LeaseServer()
    one = Candidate(server)
    await one.leadership.acquire()
    await asyncio.sleep(11)
    assert not one.leadership.leads
    await one.leadership.run(lambda: one.lost.append(now()))
    assert (server.calls, len(one.lost)) == ([0], 1)


@virtual
async def test_whoever_releases_leads_no_more_and_the_next_need_not_wait():
    server = LeaseServer()
    await (one := Candidate(server)).lead()
    await one.stop()
    await one.leadership.release()
    assert not one.leadership.leads
    await (two := Candidate(server, "two")).lead()
    assert now() < 1
    await two.stop()


@virtual
async def test_a_release_that_fails_does_not_hold_up_the_end():
    server = LeaseServer()
    for server.delay, server.problem in ((1000.0, None), (0.0, ApiUnreachable("down"))):
        before = now()
        await Candidate(server).leadership.release()
        assert now() - before <= 3


def test_holders_have_names_of_their_own():
    one, two = name_holder(), name_holder()
    assert one != two
    assert one.count("_") >= 2
