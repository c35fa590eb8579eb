"""Write one record again and again until killed: the process that the crash test kills. Arguments: the directory."""

import asyncio
import sys
from pathlib import Path

from hansa_operator.adapters.store import open_store
from hansa_operator.ports.ledger import CoverageRecord

JOB = "0x" + "ab" * 32


def record(number: int) -> CoverageRecord:
    return CoverageRecord(JOB, 1, tuple((10 * at, 10 * at + number) for at in range(2000)), number)


async def write(directory: Path) -> None:
    store = open_store(directory)
    coverage = store.ledger.coverage
    for number in range(1, 1_000_000):
        await coverage.put(record(number).key, record(number))
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(write(Path(sys.argv[1])))
