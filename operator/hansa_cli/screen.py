"""Everything a person sees: steps with their elapsed time, tables, and problems; plain lines when nobody watches."""

import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from hansa_cli.problem import Problem

SIGN_SECONDS = 15.0
"""Where nobody watches, a line tells that often what is under way."""
BUSY_SECONDS = 2.0
"""A person waits that long without being told for what."""
WIDE = 200
"""Columns of the output where nobody watches: a program or a file has no edge."""

OUT = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else WIDE)
ERR = Console(stderr=True, highlight=False, soft_wrap=True)


def show_problem(problem: Problem) -> None:
    """Print a problem on the error stream: what happened, then what to do."""
    ERR.print(f"[bold red]error:[/] {escape(problem.what)}")
    if problem.remedy:
        ERR.print(f"  [bold]do:[/] {escape(problem.remedy)}")


class Waiting:
    """Tell on a console what is waited for, from when it is to be shown on."""

    def __init__(self, what: str, console: Console) -> None:
        self._what, self._console = what, console
        self._status = console.status(escape(what))
        self._lock = threading.Lock()
        self._said, self._shown = "", False

    def show(self) -> None:
        """Begin to show it."""
        with self._lock:
            self._shown = True
            if self._is_live():
                self._status.start()
            self._tell()

    def say(self, text: str) -> None:
        """Say in a few words how it stands."""
        with self._lock:
            known, self._said = self._said, text
            if self._shown and text != known:
                self._tell()

    def hide(self) -> None:
        """Take it away."""
        self._status.stop()

    def _tell(self) -> None:
        line = f"{self._what} ({self._said})" if self._said else self._what
        if self._is_live():
            self._status.update(escape(line))
        else:
            self._console.print(f"... {line}", markup=False)

    def _is_live(self) -> bool:
        return self._console.is_terminal and not self._console.is_dumb_terminal


@contextmanager
def busy(what: str, console: Console = ERR, *, after_seconds: float = BUSY_SECONDS) -> Iterator[Callable[[str], None]]:
    """Tell what is waited for once that takes longer than a moment, and yield what says how it stands.

    Nothing else may be printed in the block.
    """
    waiting = Waiting(what, console)
    timer = threading.Timer(after_seconds, waiting.show)
    timer.daemon = True
    timer.start()
    try:
        yield waiting.say
    finally:
        timer.cancel()
        timer.join()
        waiting.hide()


class Steps:
    """Show work that takes a while, several steps at once if they overlap, and keep how long each took."""

    def __init__(self, console: Console = OUT, *, sign_seconds: float = SIGN_SECONDS) -> None:
        self._console = console
        self._sign_seconds = sign_seconds
        self._progress: Progress | None = None
        self._lock = threading.Lock()
        self._seconds: dict[str, float] = {}
        self._running: list[Note] = []
        self._over = threading.Event()
        self._signs: threading.Thread | None = None

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            spinner = SpinnerColumn(finished_text="[green]✓[/]")
            text = TextColumn("{task.description}  [dim]{task.fields[note]}[/]")
            self._progress = Progress(spinner, text, TimeElapsedColumn(), console=self._console, transient=False)
            self._progress.start()
        else:
            self._over.clear()
            self._signs = threading.Thread(target=self._give_signs, name="signs of life", daemon=True)
            self._signs.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._progress is not None:
            self._progress.stop()
            self._progress = None
        if self._signs is not None:
            self._over.set()
            self._signs.join()
            self._signs = None

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
        note = self._begin(title)
        with self._lock:
            self._running.append(note)
        try:
            yield note
        finally:
            with self._lock:
                self._running.remove(note)
        self.keep(key, note.seconds)
        self._end(note)

    def _begin(self, title: str) -> "Note":
        if self._progress is not None:
            return Note(title, self._progress, self._progress.add_task(escape(title), total=1, note=""))
        self._console.print(f"... {title}", markup=False)
        return Note(title)

    def _end(self, note: "Note") -> None:
        if note.progress is not None and note.task is not None:
            note.progress.update(note.task, completed=1, note="")
        else:
            self._console.print(f"ok  {note.title} ({note.seconds:.1f} s)", markup=False)

    def _give_signs(self) -> None:
        """Tell of the steps that run, as long as the block does."""
        while not self._over.wait(self._sign_seconds):
            with self._lock:
                told = "; ".join(note.line() for note in self._running)
            if told:
                self._console.print(f"    {told}", markup=False)


class Note:
    """Say beside a running step how far it is."""

    def __init__(self, title: str, progress: Progress | None = None, task: TaskID | None = None) -> None:
        self.title, self.progress, self.task = title, progress, task
        self._begun = time.monotonic()
        self._said = ""

    @property
    def seconds(self) -> float:
        """Return for how long the step has run."""
        return time.monotonic() - self._begun

    def say(self, text: str) -> None:
        """Show a few words beside the step."""
        self._said = text
        if self.progress is not None and self.task is not None:
            self.progress.update(self.task, note=escape(text))

    def line(self) -> str:
        """Return in a few words how far the step is."""
        return f"{self.title} ({', '.join(filter(None, (self._said, f'{self.seconds:.0f} s')))})"
