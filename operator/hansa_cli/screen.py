"""Everything a person sees: steps with their elapsed time, tables, and problems; plain lines when nobody watches."""

import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from hansa_cli.problem import Problem

WIDE = 200
"""Columns of the output where nobody watches: a program or a file has no edge."""

OUT = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else WIDE)
ERR = Console(stderr=True, highlight=False, soft_wrap=True)


def show_problem(problem: Problem) -> None:
    """Print a problem on the error stream: what happened, then what to do."""
    ERR.print(f"[bold red]error:[/] {escape(problem.what)}")
    if problem.remedy:
        ERR.print(f"  [bold]do:[/] {escape(problem.remedy)}")


class Steps:
    """Show work that takes a while, several steps at once if they overlap, and keep how long each took."""

    def __init__(self, console: Console = OUT) -> None:
        self._console = console
        self._progress: Progress | None = None
        self._lock = threading.Lock()
        self._seconds: dict[str, float] = {}

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            spinner = SpinnerColumn(finished_text="[green]✓[/]")
            text = TextColumn("{task.description}  [dim]{task.fields[note]}[/]")
            self._progress = Progress(spinner, text, TimeElapsedColumn(), console=self._console, transient=False)
            self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._progress is not None:
            self._progress.stop()
            self._progress = None

    @property
    def seconds(self) -> Mapping[str, float]:
        """Return the seconds that each finished step took, by its key."""
        return dict(self._seconds)

    def keep(self, key: str, seconds: float) -> None:
        """Keep a time that was measured outside of a step."""
        with self._lock:
            self._seconds[key] = round(seconds, 3)

    @contextmanager
    def step(self, key: str, title: str) -> Iterator["Note"]:
        """Show a step from its start to its end; `key` names it in the timings."""
        started = time.monotonic()
        task = self._begin(title)
        yield Note(self._progress, task)
        took = time.monotonic() - started
        self.keep(key, took)
        self._end(title, task, took)

    def _begin(self, title: str) -> TaskID | None:
        if self._progress is not None:
            return self._progress.add_task(escape(title), total=1, note="")
        self._console.print(f"... {title}", markup=False)
        return None

    def _end(self, title: str, task: TaskID | None, took: float) -> None:
        if self._progress is not None and task is not None:
            self._progress.update(task, completed=1)
        else:
            self._console.print(f"ok  {title} ({took:.1f} s)", markup=False)


class Note:
    """Say beside a running step how far it is; silent where nobody watches."""

    def __init__(self, progress: Progress | None, task: TaskID | None) -> None:
        self._progress = progress
        self._task = task

    def say(self, text: str) -> None:
        """Show a few words beside the step."""
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, note=escape(text))
