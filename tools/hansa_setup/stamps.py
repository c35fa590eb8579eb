"""Steps that run only when what they depend on changed, or what they made is gone."""

import hashlib
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from hansa_setup.progress import format_seconds, say


@dataclass(frozen=True, slots=True)
class Step:
    """Describe one part of the set-up: its inputs' key, its outputs, how to make them, and the disk that takes."""

    name: str
    title: str
    key: str
    outputs: tuple[Path, ...]
    make: Callable[[], None]
    needed_bytes: int


def key_of(*parts: str, files: Iterable[Path] = ()) -> str:
    """Return a digest of texts and of files' contents."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(f"{len(part)}:{part}".encode())
    for file in files:
        content = file.read_bytes()
        digest.update(f"{file.name}:{len(content)}:".encode() + content)
    return digest.hexdigest()


def is_done(step: Step, stamps: Path) -> bool:
    """Tell whether the step's stamp fits its inputs, and its outputs are there."""
    stamp = stamps / f"{step.name}.stamp"
    return stamp.is_file() and stamp.read_text() == step.key and all(output.exists() for output in step.outputs)


def do_step(step: Step, stamps: Path) -> None:
    """Make the step's outputs and stamp them."""
    stamps.mkdir(parents=True, exist_ok=True)
    stamp = stamps / f"{step.name}.stamp"
    stamp.unlink(missing_ok=True)
    (stamps / f"{step.name}.log").unlink(missing_ok=True)
    say(f"{step.title}: being made")
    started = time.monotonic()
    step.make()
    stamp.write_text(step.key)
    say(f"{step.title}: ready ({format_seconds(time.monotonic() - started)})")


def link(target: Path, name: Path) -> None:
    """Make a symbolic link in one move, so that nobody sees it missing."""
    fresh = name.with_name(f".{name.name}.new")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target)
    fresh.replace(name)
