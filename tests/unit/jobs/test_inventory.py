"""A machine offers the GPUs that its driver tells of, and none without a driver."""

import logging

import pynvml
import pytest

from hansa_jobs.agent.inventory import InventoryProblem, read_inventory


def has_driver() -> bool:
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:
        return False
    pynvml.nvmlShutdown()
    return True


def test_nvml_is_asked_and_a_machine_without_a_driver_offers_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        found = read_inventory("nvml")
    if has_driver():
        assert found
        assert all(entry.count > 0 and entry.memory_bytes > 0 for entry in found)
    else:
        assert found == ()
        assert "install the driver to offer some" in caplog.text


def test_logical_gpus_are_those_that_are_stated() -> None:
    (entry,) = read_inventory("logical:L4x3")
    assert (entry.model, entry.count, entry.memory_bytes) == ("L4", 3, 0)


@pytest.mark.parametrize("source", ["", "logical:L4", "logical:L4x0", "cuda"])
def test_another_source_is_refused_with_what_to_write(source: str) -> None:
    with pytest.raises(InventoryProblem, match="write nvml, or logical:MODELxN"):
        read_inventory(source)
