"""A file's key is used only where it is one."""

from pathlib import Path

import pytest

from hansa_cli.private_key import read_guarded_key, read_key
from hansa_cli.problem import ExitCode, Problem


@pytest.mark.parametrize("text", ["", "0x", "11" * 33, "0x" + "00" * 32, "ff" * 32])
def test_digits_that_no_account_has_are_no_key(tmp_path: Path, text: str) -> None:
    file = tmp_path / "key"
    file.write_text(text)
    file.chmod(0o600)
    for read in (read_guarded_key, lambda path: read_key(path, "NONE")):
        with pytest.raises(Problem, match="is no private key") as met:
            read(file)
        assert met.value.code is ExitCode.USAGE
