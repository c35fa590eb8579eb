"""Which GPUs this machine offers: asked of the driver, or stated for machines without any."""

import logging
import re
from collections import Counter

from hansa_jobs.wire import Gpus

_LOGICAL = re.compile(r"logical:([A-Za-z0-9._ -]{1,100})x([1-9][0-9]{0,4})")
_log = logging.getLogger(__name__)


class InventoryProblem(ValueError):
    """Raised when a source of inventory is no source; the message says what to write."""


def read_inventory(source: str) -> tuple[Gpus, ...]:
    """Return the GPUs of `nvml` (this machine's) or `logical:MODELxN` (stated, for tests without GPUs)."""
    if source == "nvml":
        return _nvml()
    stated = _LOGICAL.fullmatch(source)
    if stated is None:
        raise InventoryProblem(f"the inventory source {source!r} is unknown: write nvml, or logical:MODELxN")
    return (Gpus(model=stated[1], count=int(stated[2]), memory_bytes=0),)


def _nvml() -> tuple[Gpus, ...]:
    import pynvml

    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError as failed:
        _log.warning(
            "no NVIDIA driver answers (%s): this machine offers no GPUs; install the driver to offer some", failed
        )
        return ()
    try:
        handles = [pynvml.nvmlDeviceGetHandleByIndex(index) for index in range(pynvml.nvmlDeviceGetCount())]
        found = Counter((_name(handle), int(pynvml.nvmlDeviceGetMemoryInfo(handle).total)) for handle in handles)
    finally:
        pynvml.nvmlShutdown()
    return tuple(Gpus(model=model, count=count, memory_bytes=size) for (model, size), count in sorted(found.items()))


def _name(handle: object) -> str:
    import pynvml

    name = pynvml.nvmlDeviceGetName(handle)
    return name.decode() if isinstance(name, bytes) else str(name)
