"""Watch a worker's speed over time: multiply matrices a little every second and record the rate."""

import argparse
import json
import os
import statistics
import time
from pathlib import Path

import numpy

SIZE = 256


def rate(seconds: float) -> float:
    """Return the matrix multiplications per second that the worker reaches now."""
    matrix = numpy.random.default_rng(1).random((SIZE, SIZE))
    rounds, started = 0, time.perf_counter()
    while (passed := time.perf_counter() - started) < seconds:
        matrix @ matrix
        rounds += 1
    return rounds / passed


def main() -> None:
    """Sample the rate once a second for the given time and write soak.json to the outputs."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seconds", type=int, required=True)
    seconds = arguments.parse_args().seconds
    started, samples = time.monotonic(), []
    while time.monotonic() - started < seconds:
        samples.append(round(rate(0.1), 1))
        print(f"{time.monotonic() - started:5.1f} s  {samples[-1]:8.1f} products/s", flush=True)
        time.sleep(0.9)
    summary = {"seconds": seconds, "median": statistics.median(samples), "lowest": min(samples), "samples": samples}
    Path(os.environ["HANSA_OUTPUT_DIR"], "soak.json").write_text(json.dumps(summary) + "\n")
    print(f"{len(samples)} samples, median {summary['median']} products/s")


if __name__ == "__main__":
    main()
