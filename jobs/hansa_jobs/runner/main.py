"""One attempt from its first to its last written file."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from pathlib import Path

from hansa_jobs.runner import spool
from hansa_jobs.runner.archive import fetch_code
from hansa_jobs.runner.outputs import Outputs, summarise
from hansa_jobs.runner.process import Stop, run_program
from hansa_jobs.runner.reasons import COMPLETED, RUN_TIME_EXCEEDED, STOPPED
from hansa_jobs.runner.spec import RunnerProblem, Spec, load_spec

MESSAGE_CHARACTERS = 1024
REFUSED = 64
NO_OUTPUTS = Outputs("0x" + "0" * 64, 0)


def main(arguments: list[str]) -> int:
    """Run `attempt.json` beside the code; returns the exit code that Ray sees."""
    stop = Stop()
    stop.listen()
    start_ms = spool.now_ms()
    try:
        spec = load_spec(Path(arguments[0] if arguments else "attempt.json"))
        folder = _folder(spec)
    except RunnerProblem as problem:
        sys.stderr.write(f"{problem.reason}: {problem}\n")
        return REFUSED
    if spec.limit_seconds is not None:
        stop.limit(spec.limit_seconds)
    spool.write_run(folder, spool.this_run(start_ms))
    report = _attempt(spec, folder, stop, start_ms)
    spool.write_report(folder, report)
    if report.reason != COMPLETED:
        sys.stderr.write(f"{report.reason}: {report.message}\n")
    return 0 if report.reason == COMPLETED else _exit_code(report.exit_code)


def _folder(spec: Spec) -> Path:
    home = os.environ.get("HANSA_SPOOL")
    if not home:
        what = (
            "HANSA_SPOOL is not set on this worker: the provider starts Ray with HANSA_SPOOL naming its agent's spool"
        )
        raise RunnerProblem("StartFailed", what)
    folder = Path(home) / spec.submission_id
    try:
        folder.mkdir(parents=True)
        (folder / spool.OUTPUTS).mkdir()
    except FileExistsError as known:
        what = f"{folder} exists: an attempt runs once; the hub starts another attempt under another id"
        raise RunnerProblem("StartFailed", what) from known
    except OSError as failed:
        raise RunnerProblem("StartFailed", f"{folder} cannot be made ({failed}): check the spool") from failed
    return folder


def _attempt(spec: Spec, folder: Path, stop: Stop, start_ms: int) -> spool.Report:
    exit_code: int | None = None
    outputs = NO_OUTPUTS
    try:
        status, tail = _run(spec, folder, stop)
        exit_code = status if status >= 0 else 128 - status
        reason, message = _explain(status, tail, stop)
        outputs = summarise(folder / spool.OUTPUTS, spec.max_output_bytes)
    except RunnerProblem as problem:
        reason, message = problem.reason, str(problem)
    except OSError as failed:
        reason, message = "Error", f"the provider's worker failed the job: {failed}"
    if outputs is NO_OUTPUTS:
        shutil.rmtree(folder / spool.OUTPUTS, ignore_errors=True)
    text = message[-MESSAGE_CHARACTERS:]
    return spool.Report(exit_code, reason, text, start_ms, spool.now_ms(), outputs.digest, outputs.size)


def _run(spec: Spec, folder: Path, stop: Stop) -> tuple[int, bytes]:
    code = Path("code").resolve()
    code.mkdir(exist_ok=True)
    if spec.archive is not None:
        fetch_code(spec.archive, folder / "archive.partial", code)
    if stop.asked_at is not None:
        raise RunnerProblem(_stopped(stop), "stopped before the program was started")
    environment = _environment(spec, folder)
    log = folder / spool.LOG
    return run_program(spec.argv, cwd=code, env=environment, log=log, stop=stop, grace_seconds=spec.stop_grace_seconds)


def _environment(spec: Spec, folder: Path) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if name != "HANSA_SPOOL"}
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)))
    own = {
        "PATH": path,
        "PYTHONUNBUFFERED": "1",
        "HANSA_OUTPUT_DIR": str(folder / spool.OUTPUTS),
        "HANSA_JOB_ID": spec.job_id,
        "HANSA_ATTEMPT": str(spec.attempt),
        "HANSA_GPUS": str(spec.gpus),
        "HANSA_PARALLELISM": str(spec.parallelism),
    }
    return {**inherited, "PYTHONUNBUFFERED": "1", **spec.env, **own}


def _stopped(stop: Stop) -> str:
    return RUN_TIME_EXCEEDED if stop.overran else STOPPED


def _explain(status: int, tail: bytes, stop: Stop) -> tuple[str, str]:
    last = tail.decode("utf-8", "replace").strip()
    if stop.asked_at is not None:
        return _stopped(stop), last or "stopped before its end"
    if status == 0:
        return COMPLETED, ""
    if status == -signal.SIGKILL:
        return "OutOfMemory", "killed by SIGKILL, most likely for memory: use less, or ask for more\n" + last
    if status < 0:
        return "Signal", f"ended by {signal.Signals(-status).name}\n{last}"
    return "Error", last or f"the program ended with exit code {status}"


def _exit_code(code: int | None) -> int:
    return REFUSED if code is None else (code or 1)
