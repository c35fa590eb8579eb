"""`hansa verify` refuses before it reads anything: wrong arguments, keys that others can read, no file, no batch."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hansa_cli.main import app
from hansa_cli.problem import ExitCode, Problem
from hansa_cli.verify.request import check_vault
from tests.unit.cli.test_claims import BATCH, PROVIDER, VAULT

KEY = "0x" + "11" * 32


def run(*arguments: str) -> str:
    done = CliRunner().invoke(app, ["verify", "--rpc", "http://127.0.0.1:9", *arguments])
    if isinstance(done.exception, Problem):
        raise done.exception
    assert done.exit_code == ExitCode.USAGE
    return done.output


def key_file(folder: Path, mode: int) -> str:
    path = folder / "key"
    path.write_text(KEY + "\n")
    path.chmod(mode)
    return str(path)


def test_sending_and_a_key_go_together(tmp_path: Path) -> None:
    assert "--send" in run("batch", "--send")
    assert "--send" in run("batch", "--key-file", key_file(tmp_path, 0o600))


def test_to_send_the_contracts_have_to_be_known(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="--manifest") as met:
        run("batch", "--send", "--key-file", key_file(tmp_path, 0o600))
    assert met.value.code is ExitCode.USAGE


def test_to_concede_the_disputes_have_to_be_known(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="--manifest") as met:
        run("batch", "--concede", "0x" + "00" * 32)
    assert met.value.code is ExitCode.USAGE


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_key_that_others_can_read_is_not_used_and_not_shown(tmp_path: Path, mode: int) -> None:
    with pytest.raises(Problem, match="chmod 600") as met:
        run("batch", "--send", "--key-file", key_file(tmp_path, mode), "--manifest", "m")
    assert met.value.code is ExitCode.USAGE
    assert KEY[2:] not in str(met.value)


def test_a_key_that_no_account_has_is_not_used(tmp_path: Path) -> None:
    file = key_file(tmp_path, 0o600)
    Path(file).write_text("0x" + "00" * 32)
    with pytest.raises(Problem, match="is no private key") as met:
        run("batch", "--send", "--key-file", file, "--manifest", "m")
    assert met.value.code is ExitCode.USAGE


def test_a_file_that_is_not_there_is_a_wrong_argument(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="cannot read") as met:
        run(str(tmp_path / "nowhere"))
    assert met.value.code is ExitCode.USAGE


def test_a_file_that_does_not_say_whose_it_is_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "garbage").write_bytes(b"\xff{[")
    with pytest.raises(Problem, match="whose batch") as met:
        run(str(tmp_path / "garbage"))
    assert met.value.code is ExitCode.FAILED


def test_what_a_file_has_for_an_address_is_not_told_at_any_length(tmp_path: Path) -> None:
    (tmp_path / "long").write_text(json.dumps({"epoch": 7, "hub": "x" * 400_000}))
    with pytest.raises(Problem, match="whose batch") as met:
        run(str(tmp_path / "long"))
    assert len(met.value.what) < 1_000


HUB = "0x" + "1" * 40


def test_without_a_file_it_is_told_what_to_give_instead() -> None:
    with pytest.raises(Problem, match="there is nothing to verify") as met:
        run()
    assert met.value.code is ExitCode.USAGE
    assert "--hub 0x... --epoch N --manifest FILE" in met.value.remedy


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        (("--hub", HUB), "--epoch and --manifest are missing"),
        (("--epoch", "7"), "--hub and --manifest are missing"),
        (("--hub", HUB, "--epoch", "7"), "--manifest is missing"),
        (("--hub", HUB, "--manifest", "m"), "--epoch is missing"),
        (("batch", "--epoch", "7", "--manifest", "m"), "--hub is missing"),
    ],
)
def test_what_is_missing_to_read_the_chain_is_named(given: tuple[str, ...], missing: str) -> None:
    with pytest.raises(Problem, match=missing) as met:
        run(*given)
    assert met.value.code is ExitCode.USAGE


def test_an_epoch_that_no_chain_counts_is_a_wrong_argument() -> None:
    for epoch in ("-1", "x"):
        assert "--epoch" in run("--hub", HUB, "--epoch", epoch, "--manifest", "m")
    with pytest.raises(Problem, match="beyond all that a chain counts") as met:
        run("--hub", HUB, "--epoch", str(2**64), "--manifest", "m")
    assert met.value.code is ExitCode.USAGE


def test_a_manifest_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="is not there"):
        run("--hub", HUB, "--epoch", "7", "--manifest", str(tmp_path / "nowhere"))


def test_a_batch_that_cannot_be_read_leads_to_the_chain(tmp_path: Path) -> None:
    (tmp_path / "garbage").write_bytes(b"garbage")
    with pytest.raises(Problem, match="reads what it posted from the chain"):
        run(str(tmp_path / "garbage"))


def test_batches_of_several_vaults_are_verified_one_by_one() -> None:
    check_vault([BATCH, replace(BATCH, epoch=BATCH.epoch + 1)])
    with pytest.raises(Problem, match=f"several vaults: {PROVIDER}, {VAULT}") as met:
        check_vault([BATCH, replace(BATCH, vault=PROVIDER)])
    assert met.value.code is ExitCode.USAGE
