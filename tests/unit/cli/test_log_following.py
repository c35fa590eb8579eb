"""A followed log: every attempt is shown once and whole, whatever breaks off meanwhile, and how it ended is told."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from hansa_cli import log_following
from hansa_cli.gateway import GatewaySilent
from hansa_cli.log_following import LogFollower
from hansa_cli.problem import ExitCode, Problem
from tests.job_status import job_status

AWAY = Problem("the gateway has stopped", "ask", code=ExitCode.UNREACHABLE)
GONE = Problem("there is no AIJob train", "did you mean train-2?", code=ExitCode.NOT_FOUND)
SILENT = GatewaySilent("nothing came", "ask", code=ExitCode.UNREACHABLE)
WAITS = ("Placed", "False", "Queued")
RUNS = ("Running", "True", "Started")
Piece = bytes | Problem


def job(attempts: int, *conditions: tuple[str, str, str], ended: bool = False, uid: str = "u") -> dict[str, Any]:
    """Return a job after this many attempts; `ended` says that the latest is known to have."""
    latest = {"index": attempts - 1, "outcome": "Failed" if ended else None} if attempts else None
    status = job_status(*conditions, attempts=attempts, currentAttempt=latest)
    return {"metadata": {"name": "train", "uid": uid}, "status": status}


DONE = job(1, ("Complete", "True", "Succeeded"), ended=True)


class Script:
    """Play what the cluster and the gateway answer, one after the other; the last answer stays."""

    def __init__(self, looks: list[dict[str, Any] | Problem], streams: dict[int, list[list[Piece]]]) -> None:
        self.looks, self.streams = looks, streams
        self.logs = {index: b"".join(_bytes(stream)) for index, stream in streams.items()}
        self.written: list[bytes] = []
        self.told: list[str] = []

    def look(self) -> dict[str, Any]:
        """Return the job."""
        seen = self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]
        if isinstance(seen, Problem):
            raise seen
        return seen

    def read(self, seen: object, index: int, offset: int) -> Iterator[bytes]:
        """Yield what comes of an attempt's log; when all was played, what is left of it from the offset on."""
        pieces = self.streams[index].pop(0) if self.streams[index] else [self.logs[index][offset:]]
        for piece in pieces:
            if isinstance(piece, Problem):
                raise piece
            if piece:
                yield piece

    def follow(self, patience: float = 60.0) -> LogFollower:
        """Return who follows it."""
        return LogFollower(self.look, self.read, self.written.append, self.told.append, patience)

    @property
    def shown(self) -> bytes:
        """Return what was written."""
        return b"".join(self.written)


def _bytes(streams: list[list[Piece]]) -> Iterator[bytes]:
    yield from (piece for stream in streams for piece in stream if isinstance(piece, bytes))


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for no time between looks."""
    monkeypatch.setattr(log_following, "LOOK_SECONDS", 0)


@pytest.mark.parametrize(
    ("looks", "stream"),
    [
        pytest.param([job(0), job(0, WAITS), job(1, RUNS), DONE], [[b"a"]], id="from before it runs"),
        pytest.param([job(1, RUNS)] * 4 + [DONE], [[b"a"], [], [b"b"]], id="over streams that end before it does"),
        pytest.param([job(1, RUNS)] * 2 + [DONE], [[b"a", AWAY], [AWAY], [b"b"]], id="over a gateway that restarts"),
        pytest.param([job(1, RUNS)] * 2 + [DONE], [[b"a", SILENT], [SILENT], [b"b"]], id="over hours of silence"),
        pytest.param([job(1, RUNS), AWAY, job(1, RUNS), AWAY, DONE], [[b"a"], [b"b"]], id="over an API that restarts"),
        pytest.param([job(1, RUNS), job(1, RUNS), DONE], [[b"a"], [b"b"]], id="with what came between stream and look"),
    ],
)
def test_a_log_is_shown_whole(looks: list[dict[str, Any] | Problem], stream: list[list[Piece]]) -> None:
    script = Script(looks, {0: stream})
    script.follow().follow()
    assert script.shown == script.logs[0]
    assert script.told == ["train: Succeeded: why Succeeded"]


def test_a_gateway_may_be_away_again_after_hours_in_which_nothing_was_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr(log_following.time, "monotonic", lambda: now)

    def silent_hours(*_: object) -> Iterator[bytes]:
        nonlocal now
        yield b""
        now += 7200
        raise SILENT

    streams = iter([[AWAY], silent_hours(), [AWAY], silent_hours(), [b"", b"a"]])
    script = Script([job(1, RUNS)] * 2 + [DONE], {0: []})

    def read(*_: object) -> Iterator[bytes]:
        for piece in next(streams, [b""]):
            if isinstance(piece, Problem):
                raise piece
            yield piece

    LogFollower(script.look, read, script.written.append, script.told.append, patience=60).follow()
    assert script.shown == b"a"


@pytest.mark.parametrize(
    ("end", "told"),
    [
        (job(1, ("Failed", "True", "RetriesExhausted"), ended=True), "train: RetriesExhausted: why RetriesExhausted"),
        (
            job(1, ("Stalled", "True", "CreditLineStalled"), ended=True),
            "train: CreditLineStalled: why CreditLineStalled",
        ),
        (GONE, "train was deleted"),
        (job(0, uid="another"), "train was deleted"),
    ],
    ids=["failed", "stalled", "deleted", "deleted, and applied anew"],
)
def test_how_it_ended_is_told_after_the_log(end: dict[str, Any] | Problem, told: str) -> None:
    script = Script([job(1, RUNS), job(1, RUNS), end], {0: [[b"a"]]})
    script.follow().follow()
    assert (script.shown, script.told) == (b"a", [told])


def test_each_attempt_follows_the_one_before() -> None:
    between = job(1, ("Running", "False", "Retrying"), ended=True)
    done = job(3, ("Complete", "True", "Succeeded"), ended=True)
    script = Script(
        [job(0), job(1, RUNS), between, between, job(3, RUNS), done], {0: [[b"0"]], 1: [[b"1"]], 2: [[b"2"]]}
    )
    script.follow().follow()
    assert script.shown == b"012"
    assert script.told == ["attempt 1 of train:", "attempt 2 of train:", "train: Succeeded: why Succeeded"]


def test_one_that_printed_nothing_is_told_so() -> None:
    script = Script([job(1, RUNS), job(1, RUNS), DONE], {0: [[]]})
    script.follow().follow()
    assert script.told[0] == "train has printed nothing"


def test_one_that_never_ran_has_no_log() -> None:
    script = Script([job(0), job(0, ("Stalled", "True", "PoolNotAllowed"))], {})
    with pytest.raises(Problem, match="train has no log, it never ran: PoolNotAllowed"):
        script.follow().follow()


def test_one_attempt_alone_is_followed_to_its_end() -> None:
    script = Script([job(2, RUNS)], {0: [[b"a"]]})
    script.follow().follow_one(0)
    assert (script.shown, script.told) == (b"a", [])


@pytest.mark.parametrize(
    ("problem", "patience"),
    [(AWAY, 0.0), (Problem("the key does not open this job", "take it whole", code=ExitCode.REFUSED), 60.0)],
    ids=["away for too long", "refused"],
)
def test_what_does_not_pass_is_told(problem: Problem, patience: float) -> None:
    script = Script([job(1, RUNS)], {0: [[problem]] * 1000})
    act: Callable[[], None] = script.follow(patience).follow
    with pytest.raises(Problem, match=re.escape(problem.what)):
        act()
