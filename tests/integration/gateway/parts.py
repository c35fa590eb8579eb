"""An agent and a runner as processes of their own, and requests signed as an agent signs them."""

import asyncio
import hashlib
import io
import os
import sys
import time
import zipfile

from hansa_jobs.package import AttemptSpec, build_package
from hansa_protocol.eip712 import Request, settlement_domain
from hansa_protocol.signing import sign
from tests.metered import AGENT, AGENT_KEY, HUB, JOB_ID

DOMAIN = settlement_domain(31337, HUB)
NAME = "abab-0"


async def until(condition):
    end = time.monotonic() + 40
    while not condition():
        assert time.monotonic() < end
        await asyncio.sleep(0.05)


async def start_agent(tmp_path, port):
    key = tmp_path / "key"
    key.write_text(AGENT_KEY.hex())
    key.chmod(0o600)
    flags = ["--gateway", f"http://127.0.0.1:{port}", "--spool", str(tmp_path / "spool"), "--key-file", str(key)]
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "hansa_jobs.agent", *flags, "--gpus", "logical:L4x2"
    )


async def start_runner(tmp_path, seconds=4, *, gate=None):
    """Start a job that prints a line, waits for seconds or until there is a file, and prints another."""
    waits = f"while not os.path.exists({str(gate)!r}): time.sleep(0.05)" if gate else f"time.sleep({seconds})"
    script = f"import os,time; print('one',flush=True)\n{waits}\nprint('two')\n"
    script += "open(os.environ['HANSA_OUTPUT_DIR'] + '/a', 'w').write('x')"
    package = build_package(AttemptSpec(JOB_ID, 0, NAME, ("python", "main.py"), 2, 1), {"main.py": script.encode()})
    zipfile.ZipFile(io.BytesIO(package)).extractall(tmp_path / "work")
    environment = {**os.environ, "HANSA_SPOOL": str(tmp_path / "spool")}
    return await asyncio.create_subprocess_exec(
        sys.executable, "runner.pyz", "attempt.json", cwd=tmp_path / "work", env=environment
    )


def signed(method, path, body, *, key=AGENT_KEY, claimed=AGENT, at=None):
    now = at or time.time_ns() // 1_000_000
    digest = Request(method, path, now, hashlib.sha256(body).digest()).digest(DOMAIN)
    signature = "0x" + sign(digest, key).hex()
    return {"Hansa-Address": claimed, "Hansa-Time": str(now), "Hansa-Signature": signature}
