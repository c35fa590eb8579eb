"""`python -m hansa_jobs.agent`: flags, environment, signals."""

import argparse
import asyncio
import json
import logging
import os
import signal
import stat
import sys
import time
from pathlib import Path

import aiohttp

from hansa_jobs.agent.inventory import InventoryProblem, read_inventory
from hansa_jobs.agent.loop import Agent
from hansa_jobs.wire import Gpus
from hansa_protocol.signing import SignatureError, address_of

_log = logging.getLogger("hansa_jobs.agent")


class SettingsProblem(ValueError):
    """Raised when the agent cannot work as it is set up; the message says what to do."""


class _JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created))
        line = {"time": when, "level": record.levelname.lower(), "logger": record.name, "message": record.getMessage()}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m hansa_jobs.agent", description=__doc__)
    given = os.environ.get
    parser.add_argument("--gateway", default=given("HANSA_GATEWAY_URL"), help="URL of the hub's gateway")
    parser.add_argument("--provider", default=given("HANSA_PROVIDER", ""), help="name of the Provider, for the log")
    parser.add_argument("--spool", default=given("HANSA_SPOOL"), help="folder that the workers' HANSA_SPOOL names")
    parser.add_argument("--state", default=given("HANSA_STATE"), help="the agent's own folder (default SPOOL/.agent)")
    parser.add_argument("--key-file", default=given("HANSA_KEY_FILE"), help="file with the receipt key, mode 0600")
    parser.add_argument("--gpus", default=given("HANSA_INVENTORY", "nvml"), help="nvml, or logical:MODELxN")
    parser.add_argument("--log-format", default=given("HANSA_LOG_FORMAT", "console"), choices=("console", "json"))
    parser.add_argument("--inventory", action="store_true", help="print the inventory as JSON and end")
    return parser


def read_key(path: Path) -> bytes:
    """Return the key in a file of 64 hex digits; raises SettingsProblem when others may read it."""
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise SettingsProblem(f"{path} can be read by others: chmod 600 {path}")
        key = bytes.fromhex(path.read_text().strip().removeprefix("0x"))
        address_of(key)
    except OSError as failed:
        raise SettingsProblem(f"the key file cannot be read ({failed}): name it by --key-file") from failed
    except (ValueError, SignatureError):
        if isinstance(sys.exc_info()[1], SettingsProblem):
            raise
        raise SettingsProblem(f"{path} holds no key: write 0x and 64 hex digits") from None
    return key


def _folders(arguments: argparse.Namespace) -> tuple[Path, Path]:
    spool = Path(arguments.spool)
    state = Path(arguments.state) if arguments.state else spool / ".agent"
    spool.mkdir(parents=True, exist_ok=True)
    state.mkdir(parents=True, exist_ok=True, mode=0o700)
    return spool, state


async def _run(arguments: argparse.Namespace, key: bytes, gpus: tuple[Gpus, ...]) -> None:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    spool, state = _folders(arguments)
    _log.info("agent of %s signs as %s and reports to %s", arguments.provider, address_of(key), arguments.gateway)
    async with aiohttp.ClientSession() as session:
        agent = Agent(session, url=arguments.gateway, spool=spool, state=state, key=key, gpus=gpus)
        await agent.run(stop)
    _log.info("stopped; what the hub has not taken yet waits in %s", state)


def main() -> int:
    """Run the agent; returns its exit code."""
    arguments = _parser().parse_args()
    handler = logging.StreamHandler()
    handler.setFormatter(
        _JsonLines() if arguments.log_format == "json" else logging.Formatter("%(asctime)s %(levelname)s %(message)s")
    )
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    try:
        gpus = read_inventory(arguments.gpus)
        if arguments.inventory:
            sys.stdout.write(json.dumps([entry.model_dump() for entry in gpus]) + "\n")
            return 0
        missing = [flag for flag in ("gateway", "spool", "key_file") if not getattr(arguments, flag)]
        if missing:
            names = ", ".join("--" + name.replace("_", "-") for name in missing)
            raise SettingsProblem(f"missing: {names}; give the flag, or its variable (see --help)")
        key = read_key(Path(arguments.key_file))
    except (InventoryProblem, SettingsProblem) as problem:
        sys.stderr.write(f"{problem}\n")
        return 2
    asyncio.run(_run(arguments, key, gpus))
    return 0


if __name__ == "__main__":
    sys.exit(main())
