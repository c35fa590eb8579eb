"""The log: one line a happening, in JSON or for a terminal, from structlog and the standard library alike."""

import json
import logging
import re
import sys
from collections.abc import MutableMapping
from enum import StrEnum
from typing import Any, TextIO

import structlog
from structlog.typing import Processor

LEADING = ("time", "level", "logger", "message")
# Libraries that talk about their own affairs; kopf's stopping is what a person waits for.
QUIET = {"kopf": logging.WARNING, "kopf._core.reactor.running": logging.INFO, "asyncio": logging.WARNING}
QUIET |= dict.fromkeys(("aiohttp.access", "urllib3", "web3", "websockets"), logging.WARNING)
CLOSED_WATCH = "an error occurred during closing of asynchronous generator <async_generator object infinite_watch"
"""How the loop tells, while it ends, of a watch of kopf that it closed in the middle of a wait: that loses nothing."""
SHORTEST_SECRET = 6
HIDDEN = "***"
_GIVEAWAYS = (
    (re.compile(r"(?i)\b(bearer|basic) +[\w.~+/=-]{16,}"), rf"\1 {HIDDEN}"),
    (re.compile(r"(?<=://)[^/@\s\\\"']+@"), f"{HIDDEN}@"),
    (re.compile(r"(?i)([?&](?:key|token|secret|signature|password|api_?key)=)[^&\s\\\"']+"), rf"\1{HIDDEN}"),
)


class LogFormat(StrEnum):
    """Choose how a line looks: for programs, or for a terminal."""

    JSON = "json"
    CONSOLE = "console"


class LogLevel(StrEnum):
    """Choose the least important lines that are still written."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"

    @property
    def number(self) -> int:
        """Return the standard library's number of the level."""
        return logging.getLevelNamesMapping()[self.name]


class Secrets:
    """Take secrets out of lines: those that it was told, and what looks like credentials anyway."""

    def __init__(self) -> None:
        self._known: tuple[str, ...] = ()

    def hide(self, secret: str) -> None:
        """Never write this value; each of its lines, where it has several."""
        lines = {line.strip() for line in secret.split("\n")}
        known = {line for line in lines if len(line) >= SHORTEST_SECRET}
        known |= {quoted(line)[1:-1] for line in known for quoted in (json.dumps, repr)}
        # Longest first: a secret that begins with another must not leave its end behind.
        self._known = tuple(sorted(known | set(self._known), key=len, reverse=True))

    def without(self, text: str) -> str:
        """Return the text with *** in place of secrets."""
        for secret in self._known:
            text = text.replace(secret, HIDDEN)
        for pattern, kept in _GIVEAWAYS:
            text = pattern.sub(kept, text)
        return text


def configure_logs(form: LogFormat, level: LogLevel, stream: TextIO | None = None) -> Secrets:
    """Send all logging to `stream` (default: standard error); returns where to name secrets that must not appear."""
    secrets = Secrets()
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(_formatter(form, secrets))
    handler.addFilter(lambda record: record.name != "asyncio" or not record.getMessage().startswith(CLOSED_WATCH))
    _take_over(handler, level.number)
    structlog.configure(
        processors=[*_describe(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level.number),
        cache_logger_on_first_use=True,
    )
    return secrets


def _take_over(handler: logging.Handler, level: int) -> None:
    root = logging.getLogger()
    # Whoever set up logging before, such as `kopf run`, would write each line once more.
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name, least in QUIET.items():
        library = logging.getLogger(name)
        library.handlers[:], library.propagate = [], True
        library.setLevel(max(least, level))
    logging.captureWarnings(capture=True)


def _describe() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(allow=("k8s_ref",)),
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
    ]


def _formatter(form: LogFormat, secrets: Secrets) -> logging.Formatter:
    def hide(_: Any, __: str, line: str) -> str:
        return secrets.without(line)

    render: list[Any] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        # Tracebacks as Python prints them: no values of variables, which may be anything.
        structlog.processors.format_exc_info,
        structlog.processors.EventRenamer("message"),
        _lead,
        structlog.processors.JSONRenderer() if form is LogFormat.JSON else _console(),
        hide,
    ]
    return structlog.stdlib.ProcessorFormatter(foreign_pre_chain=_describe(), processors=render)


def _console() -> structlog.dev.ConsoleRenderer:
    return structlog.dev.ConsoleRenderer(
        colors=False, event_key="message", timestamp_key="time", exception_formatter=structlog.dev.plain_traceback
    )


def _lead(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {name: event[name] for name in LEADING if name in event} | dict(event)
