"""The runner as Ray starts it: a package, unpacked, run as a process of its own."""

import hashlib
import io
import json
import os
import signal
import subprocess
import sys
import time
import zipfile

import pytest

from hansa_jobs.package import ArchiveRef, AttemptSpec, PackageRefused, build_package
from hansa_jobs.runner import spool


def start(tmp_path, script, *, argv=("python", "main.py"), **changes):
    spec = AttemptSpec("0x" + "ab" * 32, 0, "abab-0", argv, 1, 1, **changes)
    work = tmp_path / "work"
    with zipfile.ZipFile(io.BytesIO(build_package(spec, {"main.py": script.encode()} if script else {}))) as package:
        package.extractall(work)
    environment = {**os.environ, "HANSA_SPOOL": str(tmp_path / "spool")}
    # -I -S: a provider has no packages of ours, and the runner needs none.
    command = [sys.executable, "-I", "-S", "runner.pyz", "attempt.json"]
    return subprocess.Popen(command, cwd=work, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def report(tmp_path):
    return json.loads((tmp_path / "spool/abab-0/report.json").read_text())


def run(tmp_path, script, **changes):
    process = start(tmp_path, script, **changes)
    out, _ = process.communicate(timeout=30)
    return process.returncode, out, report(tmp_path)


def wait_for(path):
    until = time.monotonic() + 20
    while not path.exists():
        assert time.monotonic() < until
        time.sleep(0.02)


WRITES = "import os,pathlib; print('hello'); pathlib.Path(os.environ['HANSA_OUTPUT_DIR'],'a').write_text('x')"


def test_a_finished_program_leaves_its_log_and_the_digest_of_its_outputs(tmp_path):
    code, out, said = run(tmp_path, WRITES)
    listing = json.dumps([["a", 1, hashlib.sha256(b"x").hexdigest()]], separators=(",", ":")).encode()
    assert (code, out, said["reason"]) == (0, b"hello\n", "Completed")
    assert said["result_digest"] == "0x" + hashlib.sha256(listing).hexdigest()
    assert (tmp_path / "spool/abab-0/out.log").read_bytes() == b"hello\n"


@pytest.mark.parametrize(
    ("script", "reason", "code"),
    [
        ("raise SystemExit(3)", "Error", 3),
        ("import os; os.kill(os.getpid(), 9)", "OutOfMemory", 137),
        ("import os; os.abort()", "Signal", 134),
    ],
)
def test_a_failed_program_is_told_by_its_wait_status(tmp_path, script, reason, code):
    returned, _, said = run(tmp_path, script)
    assert (returned, said["exit_code"], said["reason"]) == (code, code, reason)


def test_a_program_that_does_not_exist_is_named(tmp_path):
    _, _, said = run(tmp_path, "", argv=("no-such-program",))
    assert said["reason"] == "StartFailed"
    assert "no-such-program" in said["message"]


def test_outputs_beyond_the_bound_fail_the_attempt(tmp_path):
    assert run(tmp_path, WRITES, max_output_bytes=0)[2]["reason"] == "OutputTooLarge"


def test_much_output_arrives_whole(tmp_path):
    _, out, _ = run(tmp_path, "import sys; sys.stdout.write('y' * 3_000_000)")
    assert len(out) == (tmp_path / "spool/abab-0/out.log").stat().st_size == 3_000_000


def test_a_stop_reaches_the_program_and_is_forced_after_the_grace(tmp_path):
    script = "import signal,time,pathlib; signal.signal(15, lambda *a: print('asked')); pathlib.Path('up').touch()\n"
    process = start(tmp_path, script + "while True: time.sleep(1)", stop_grace_seconds=1)
    wait_for(tmp_path / "work/code/up")
    process.terminate()
    out, _ = process.communicate(timeout=20)
    assert b"asked" in out
    assert report(tmp_path)["reason"] == "Stopped"


def test_a_program_that_runs_longer_than_it_may_is_stopped_though_nobody_asks(tmp_path):
    code, out, said = run(tmp_path, "import time; print('begun', flush=True); time.sleep(600)", limit_seconds=2.0)
    assert (code, out, said["reason"]) == (143, b"begun\n", "RunTimeExceeded")
    assert said["end_ms"] - said["start_ms"] >= 2_000


def test_nothing_of_the_program_outlives_a_killed_runner(tmp_path):
    script = (
        "import os,time,pathlib; pathlib.Path('p').write_text(str(os.getpid())); os.rename('p','up')\ntime.sleep(99)"
    )
    process = start(tmp_path, script)
    wait_for(tmp_path / "work/code/up")
    pid = int((tmp_path / "work/code/up").read_text())
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=10)
    until = time.monotonic() + 10
    while spool._pid_start(pid) is not None:
        assert time.monotonic() < until
        time.sleep(0.02)


@pytest.mark.parametrize("right", [True, False])
def test_an_archive_runs_only_with_its_digest(tmp_path, right):
    archive = tmp_path / "code.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("main.py", "print('from archive')")
    digest = hashlib.sha256(archive.read_bytes()).hexdigest() if right else "0" * 64
    said = run(tmp_path, "", archive=ArchiveRef(archive.as_uri(), digest))[2]
    assert said["reason"] == ("Completed" if right else "ArchiveDigestMismatch")


def test_an_archive_that_leads_outside_is_refused(tmp_path):
    archive = tmp_path / "code.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("../evil.py", "")
    ref = ArchiveRef(archive.as_uri(), hashlib.sha256(archive.read_bytes()).hexdigest())
    assert run(tmp_path, "", archive=ref)[2]["reason"] == "ArchiveUnsafe"
    assert not (tmp_path / "work/evil.py").exists()


def test_equal_content_packs_to_equal_bytes_and_paths_stay_inside():
    spec = AttemptSpec("0x" + "ab" * 32, 0, "abab-0", ("python",), 1, 1)
    assert build_package(spec, {"a": b"1", "b": b"2"}) == build_package(spec, {"b": b"2", "a": b"1"})
    for name in ("../a", "/a", "a/../b", "", "a\\b"):
        with pytest.raises(PackageRefused):
            build_package(spec, {name: b""})


def test_an_output_whose_name_no_archive_can_hold_is_refused(tmp_path):
    script = "import os; open(os.path.join(os.environ['HANSA_OUTPUT_DIR'].encode(), b'a\\xff'), 'w').close()"
    _, _, said = run(tmp_path, script)
    assert said["reason"] == "OutputNameInvalid"
    assert "rename it" in said["message"]
