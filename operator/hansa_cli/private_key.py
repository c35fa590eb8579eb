"""A private key to sign with: from a file or the environment, never from the command line, and never shown."""

import os
import re
from pathlib import Path

from hansa_cli.problem import ExitCode, Problem
from hansa_protocol.signing import is_key

_A_KEY = "a key is 64 hexadecimal digits that are not all 0, with 0x in front or without"
_KEY = re.compile(r"(0x)?([0-9a-fA-F]{64})")


def read_key(file: Path | None, variable: str) -> bytes:
    """Return the key of a file, else of an environment variable; raises Problem, without the key in it."""
    if file is not None:
        return _parse(_read(file), str(file))
    text = os.environ.get(variable)
    if not text:
        remedy = f"give it with --key-file FILE, or in the environment as {variable}"
        raise Problem("there is no key to sign with", remedy, code=ExitCode.USAGE)
    return _parse(text, f"${variable}")


def read_guarded_key(file: Path) -> bytes:
    """Return the key of a file that nobody but its owner can read; raises Problem, without the key in it."""
    text = _read(file)
    if file.stat().st_mode & 0o077:
        what = f"others than its owner can read {file}"
        raise Problem(what, f"take that from them: chmod 600 {file}", code=ExitCode.USAGE)
    return _parse(text, str(file))


def _read(file: Path) -> str:
    try:
        return file.read_text()
    except (OSError, UnicodeDecodeError) as failed:
        why = failed.strerror if isinstance(failed, OSError) else "it is no text"
        raise Problem(
            f"cannot read the key in {file}: {why}", "give the path of a key", code=ExitCode.USAGE
        ) from failed


def _parse(text: str, source: str) -> bytes:
    match = _KEY.fullmatch(text.strip())
    if match is None or not is_key(key := bytes.fromhex(match[2])):
        what = f"what {source} holds is no private key"
        raise Problem(what, _A_KEY, code=ExitCode.USAGE)
    return key
