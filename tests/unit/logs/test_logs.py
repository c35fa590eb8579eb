"""Everything that is logged comes out as one line of one form, in UTC, without secrets and without noise."""

import asyncio
import io
import json
import logging
import re
import warnings

import kopf
import pytest
import structlog

from hansa_operator.adapters.logs import QUIET, LogFormat, LogLevel, configure_logs

RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z")


@pytest.fixture(autouse=True)
def _as_before():
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    yield
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()
    root.handlers[:], root.level = before, level
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.NOTSET)


class Written:
    """Configure the log, and give back what was written."""

    def __init__(self, form=LogFormat.JSON, level=LogLevel.INFO):
        self.stream = io.StringIO()
        self.secrets = configure_logs(form, level, self.stream)

    @property
    def text(self):
        return self.stream.getvalue()

    @property
    def lines(self):
        return [json.loads(line) for line in self.text.splitlines()]


def test_structlog_and_the_standard_library_write_the_same_form():
    written = Written()
    structlog.get_logger("hansa.market").info("batch posted", epoch=7, amount=10**30)
    logging.getLogger("hansa.gateway").info("%s answered %d", "north", 200)
    one, other = written.lines
    assert {**one, "time": ""} == {
        "time": "",
        "level": "info",
        "logger": "hansa.market",
        "message": "batch posted",
        "epoch": 7,
        "amount": 10**30,
    }
    assert {**other, "time": ""} == {
        "time": "",
        "level": "info",
        "logger": "hansa.gateway",
        "message": "north answered 200",
    }
    assert list(one)[:4] == list(other) == ["time", "level", "logger", "message"]
    assert RFC_3339.fullmatch(one["time"])
    assert RFC_3339.fullmatch(other["time"])


def test_the_console_is_for_reading():
    written = Written(LogFormat.CONSOLE)
    structlog.get_logger("hansa.market").info("batch posted", epoch=7)
    logging.getLogger("hansa.gateway").warning("slow")
    one, other = written.text.splitlines()
    assert re.fullmatch(rf"{RFC_3339.pattern} \[info +] batch posted +\[hansa\.market] epoch=7", one)
    assert re.fullmatch(rf"{RFC_3339.pattern} \[warning +] slow +\[hansa\.gateway]", other)


def test_bound_context_goes_into_every_line():
    written = Written()
    with structlog.contextvars.bound_contextvars(job="team/a"):
        structlog.get_logger("hansa").info("one")
        logging.getLogger("hansa").info("two")
    assert [line["job"] for line in written.lines] == ["team/a", "team/a"]


def test_lines_below_the_level_are_dropped():
    written = Written(level=LogLevel.WARNING)
    for log in (structlog.get_logger("hansa"), logging.getLogger("hansa")):
        log.info("no")
        log.warning("yes")
    assert [line["message"] for line in written.lines] == ["yes", "yes"]


@pytest.mark.parametrize("level", [LogLevel.DEBUG, LogLevel.INFO])
def test_kopf_speaks_of_trouble_and_of_stopping_only(level):
    written = Written(level=level)
    for name in ("kopf.objects", "kopf.activities.startup", "kopf._cogs.clients.watching", "aiohttp.access"):
        logging.getLogger(name).info("noise")
        logging.getLogger(name).error("trouble of %s", name)
    logging.getLogger("kopf._core.reactor.running").info("Signal SIGTERM is received. Operator is stopping.")
    assert [line["message"].partition(" ")[0] for line in written.lines] == [*["trouble"] * 4, "Signal"]


async def infinite_watch():
    """Fail when it is closed, as kopf's does in the middle of a wait."""
    try:
        yield
    finally:
        raise RuntimeError("generator didn't stop after athrow()")


def test_a_watch_that_the_loop_closes_at_its_end_is_no_trouble():
    written = Written()

    async def leave_open():
        await anext(left := infinite_watch())
        watches.append(left)

    watches = []
    asyncio.run(leave_open())
    assert written.lines == []
    logging.getLogger("asyncio").error("Task exception was never retrieved")
    assert [line["message"] for line in written.lines] == ["Task exception was never retrieved"]


def test_a_quieter_log_is_quieter_for_libraries_too():
    written = Written(level=LogLevel.ERROR)
    logging.getLogger("kopf.objects").warning("no")
    logging.getLogger("asyncio").error("yes")
    assert [line["message"] for line in written.lines] == ["yes"]


def test_the_object_that_kopf_speaks_of_is_named():
    written = Written()
    # kopf's own handler on this logger reads the settings that kopf sends along.
    told = {"k8s_ref": {"kind": "AIJob", "name": "a"}, "settings": kopf.OperatorSettings()}
    told["settings"].posting.enabled = False
    logging.getLogger("kopf.objects").error("bad", extra=told)
    assert written.lines[0]["k8s_ref"] == {"kind": "AIJob", "name": "a"}
    assert "settings" not in written.lines[0]


def test_handlers_that_were_there_before_write_nothing():
    before = io.StringIO()
    logging.getLogger().addHandler(logging.StreamHandler(before))
    written = Written()
    configure_logs(LogFormat.JSON, LogLevel.INFO, written.stream)
    logging.getLogger("hansa").info("once")
    assert (before.getvalue(), len(written.lines)) == ("", 1)


def test_warnings_of_python_are_lines_too():
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        written = Written()
        warnings.warn("old", DeprecationWarning, stacklevel=1)
    assert "DeprecationWarning: old" in written.lines[0]["message"]


@pytest.mark.parametrize("form", LogFormat)
def test_a_traceback_tells_where_but_no_values(form):
    written = Written(form)

    def sign_in(_password):
        raise RuntimeError("broken")

    for log in (structlog.get_logger("hansa"), logging.getLogger("hansa")):
        try:
            sign_in("-".join(["open", "sesame"]))
        except RuntimeError:
            log.exception("failed")
    assert written.text.count("RuntimeError: broken") == 2
    assert written.text.count("in sign_in") == 2
    assert "open-sesame" not in written.text


@pytest.mark.parametrize("form", LogFormat)
def test_a_secret_that_was_named_never_appears(form):
    written = Written(form)
    written.secrets.hide("open")
    for secret in ("sesame-open", "sesame-open-twice", 'quo"ted\\secret', "first-line\nsecond-line\n"):
        written.secrets.hide(secret)
    log = structlog.get_logger("hansa")
    log.warning("node at http://rpc/sesame-open refused", key="sesame-open-twice", third='quo"ted\\secret')
    log.warning("all of first-line\nsecond-line")
    try:
        raise OSError("cannot reach http://rpc/sesame-open")
    except OSError:
        logging.getLogger("urllib3").exception("failed %s", "sesame-open-twice")
    assert not re.search("sesame|twice|quo|first-line|second-line", written.text)
    assert form is LogFormat.CONSOLE or len(written.lines) == 3


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Authorization: Bearer eyJhbGciOi.J9-x_y", "Authorization: Bearer ***"),
        ("https://ada:pass@hub.example.com/x", "https://***@hub.example.com/x"),
        ("GET /v1/logs/0x1?offset=3&key=abc&x=1", "GET /v1/logs/0x1?offset=3&key=***&x=1"),
        ('said "/x?token=abc"', 'said "/x?token=***"'),
        ("a basic check of https://hub.example.com/a@b?keys=1", "a basic check of https://hub.example.com/a@b?keys=1"),
    ],
)
def test_what_looks_like_credentials_is_hidden(said, shown):
    written = Written()
    structlog.get_logger("hansa").info(said)
    assert written.lines[0]["message"] == shown


def test_values_that_are_no_json_are_written_as_python_shows_them():
    written = Written()
    structlog.get_logger("hansa").info("odd", what={1}, loop=asyncio.Event)
    assert written.lines[0]["what"] == "{1}"
