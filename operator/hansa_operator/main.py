"""The operator's entry: `kopf run -m hansa_operator.main`. kopf watches and ends; everything else is ours."""

import asyncio
import os
import signal
from contextlib import AsyncExitStack
from typing import Any, NoReturn

import kopf
import structlog

from hansa_operator.adapters.logs import LogFormat, LogLevel, configure_logs
from hansa_operator.composition.operator import open_operator
from hansa_operator.handlers.watching import ObserverSlot, watch
from hansa_operator.ports.kube import KubeError
from hansa_operator.ports.store import StoreError
from hansa_operator.settings import Settings, SettingsInvalid

PAGE = 500
EXIT_SECONDS = 15.0
EXPECTED = (SettingsInvalid, KubeError, StoreError, OSError)
"""What a person can mend: settings, access to the cluster, the store's directory, ports and disks."""

log = structlog.get_logger(__name__)
_stack = AsyncExitStack()
_slot = ObserverSlot()


@kopf.on.startup()
async def start(settings: kopf.OperatorSettings, **_: Any) -> None:
    """Open the operator before kopf begins to watch; it waits here while another one leads."""
    _configure(settings)
    configure_logs(LogFormat.JSON, LogLevel.INFO)
    try:
        own = Settings.read(os.environ)
        secrets = configure_logs(own.log_format, own.log_level)
        _slot.observer = await open_operator(own, _stack, stop=stop, hide=secrets.hide)
    except EXPECTED as failed:
        log.error("the operator cannot start", why=str(failed))
        await _give_up()
    except Exception:
        # Not left to kopf: it would try again in a minute, on top of what is half open.
        log.exception("the operator cannot start because of a defect")
        await _give_up()


async def _give_up() -> NoReturn:
    await _stack.aclose()
    # kopf's other tasks begin once; ended before that, they would complain.
    await asyncio.sleep(0)
    # Not an exception of the handler: kopf would print its own stack below the line that says why.
    raise SystemExit(1)


@kopf.on.cleanup()
async def end(**_: Any) -> None:
    """Close everything, last opened first; Ray clusters run on and are adopted by the next operator."""
    _slot.observer = None
    await _stack.aclose()


@kopf.on.login()
def login(**known: Any) -> kopf.ConnectionInfo | None:
    """Present the same credentials as the operator's own client."""
    return kopf.login_with_service_account(**known) or kopf.login_with_kubeconfig(**known)


def stop(why: str) -> None:
    """End the process: as if asked to from outside, and by force when that takes too long."""
    log.error("the operator stops", why=why)
    os.kill(os.getpid(), signal.SIGTERM)
    asyncio.get_running_loop().call_later(EXIT_SECONDS, os._exit, 1)


def _configure(settings: kopf.OperatorSettings) -> None:
    settings.posting.enabled = False
    settings.queueing.worker_limit = None
    settings.watching.chunk_size = PAGE
    settings.peering.standalone = True


watch(_slot)
