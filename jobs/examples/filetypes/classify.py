"""Tell what real files are from their content, with a small neural network (magika, on onnxruntime)."""

import argparse
import json
import os
import sysconfig
import time
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from magika import Magika

SUFFIXES = (
    ".py",
    ".so",
    ".json",
    ".txt",
    ".md",
    ".html",
    ".js",
    ".css",
    ".pyc",
    ".h",
    ".gz",
    ".npy",
    ".csv",
    ".svg",
    ".png",
    ".whl",
)


def installed_files(per_suffix: int) -> Iterator[Path]:
    """Yield files of the standard library and the installed packages, a bounded number of each suffix."""
    roots = sorted({sysconfig.get_path("stdlib"), sysconfig.get_path("purelib")})
    taken: Counter[str] = Counter()
    for root in roots:
        for folder, folders, names in os.walk(root):
            folders.sort()
            for name in sorted(names):
                path = Path(folder, name)
                if path.suffix in SUFFIXES and taken[path.suffix] < per_suffix and not path.is_symlink():
                    taken[path.suffix] += 1
                    yield path


def batches(paths: list[Path], size: int) -> Iterator[list[Path]]:
    """Yield the paths in groups."""
    rest = iter(paths)
    while batch := list(islice(rest, size)):
        yield batch


def main() -> None:
    """Classify the files and write filetypes.json to the outputs."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--per-suffix", type=int, default=40)
    paths = list(installed_files(arguments.parse_args().per_suffix))
    model = Magika()
    started = time.monotonic()
    rows = []
    for batch in batches(paths, 64):
        for path, result in zip(batch, model.identify_paths(batch), strict=True):
            found = {"label": str(result.output.label), "score": round(float(result.score), 4)}
            rows.append({"name": path.name, "suffix": path.suffix, "bytes": path.stat().st_size, **found})
        print(f"{len(rows)} of {len(paths)} files", flush=True)
    labels = Counter(row["label"] for row in rows)
    table = {"model": model.get_model_name(), "files": len(rows), "labels": dict(labels.most_common()), "rows": rows}
    Path(os.environ["HANSA_OUTPUT_DIR"], "filetypes.json").write_text(json.dumps(table, indent=1) + "\n")
    rate = len(rows) / (time.monotonic() - started)
    print(f"{len(rows)} files, {len(labels)} types, {rate:.0f} files/s: {dict(labels.most_common(5))}")


if __name__ == "__main__":
    main()
