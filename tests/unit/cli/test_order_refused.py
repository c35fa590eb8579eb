"""What `hansa order sign` refuses, why, and what to do instead."""

from pathlib import Path
from typing import Any

import pytest

from hansa_cli.problem import ExitCode, Problem
from tests.metered import CUSTOMER, HUB
from tests.ordered import SIGNER, TOKEN
from tests.unit.cli.orders import PARTIES, code, hub, job, line, run, write

pytestmark = pytest.mark.usefixtures("away")

NOT_SIGNED = {
    "code that is nowhere": ((job(),), PARTIES, "ConfigMap code is in none of the files", ExitCode.UNREACHABLE),
    "a line that is nowhere": (
        (code(), job()),
        ("--hub", HUB),
        "CreditLine credit is in none of the files",
        ExitCode.UNREACHABLE,
    ),
    "no job": ((code(),), PARTIES, "holds no AIJob", ExitCode.USAGE),
    "a job without a budget": (
        (code(), {**job(), "spec": {"poolRef": {"name": "pool"}}}),
        PARTIES,
        r"AIJob train is not valid: spec\.\w+: Field required",
        ExitCode.USAGE,
    ),
    "a budget that is none": (
        (code(), job(**{"budget.maxAmount": "ten"})),
        PARTIES,
        "'ten' is no amount",
        ExitCode.USAGE,
    ),
    "an address with a slip": (
        (code(), job()),
        (*PARTIES, "--hub", HUB[:-1] + ("0" if HUB[-1] != "0" else "1")),
        "--hub: .* fails its checksum",
        ExitCode.USAGE,
    ),
    "less than the budget": (
        (code(), job()),
        (*PARTIES, "--max-amount", "12.49"),
        r"--max-amount 12.49 is below the job's budget.maxAmount 12.50",
        ExitCode.USAGE,
    ),
    "more than an order holds": (
        (code(), job()),
        (*PARTIES, "--max-amount", "99999999999"),
        "more than an order can hold",
        ExitCode.USAGE,
    ),
    "an end that is over": ((code(), job()), (*PARTIES, "--expires-at", "5"), "which is over", ExitCode.USAGE),
    "an end beyond all calendars": (
        (code(), job()),
        (*PARTIES, "--valid-hours", "9" * 20),
        "after the year 9999",
        ExitCode.USAGE,
    ),
    "an end that no calendar has": (
        (code(), job()),
        (*PARTIES, "--expires-at", str(2**53)),
        "after the year 9999",
        ExitCode.USAGE,
    ),
    "a party that is nobody": (
        (code(), job()),
        (*PARTIES, "--hub", "0x" + "0" * 40),
        "nobody has the zero address",
        ExitCode.USAGE,
    ),
    "metadata that are a list": (
        (code(), {**job(), "metadata": ["train"]}),
        PARTIES,
        "no Kubernetes object",
        ExitCode.USAGE,
    ),
    "metadata that are a text": (
        (code(), {**job(), "metadata": "train"}),
        PARTIES,
        "no Kubernetes object",
        ExitCode.USAGE,
    ),
    "a list of what is none": (
        ({"apiVersion": "v1", "kind": "List", "metadata": {}, "items": [5]},),
        PARTIES,
        "no Kubernetes object",
        ExitCode.USAGE,
    ),
    "a key that is not the signer's": (
        (code(), job(), line(CUSTOMER), hub()),
        (),
        f"the key is that of {SIGNER}, the credit line takes orders of {CUSTOMER} only",
        ExitCode.REFUSED,
    ),
    "a vault that the hub does not serve": (
        (code(), job(), line(vault=TOKEN), hub()),
        (),
        f"hub hub serves no vault {TOKEN}",
        ExitCode.REFUSED,
    ),
    "a hub's manifest that is none": (
        (code(), job(), line(), hub(**{"spec.address": "0x12"})),
        (),
        "Hub hub is not valid",
        ExitCode.USAGE,
    ),
}


@pytest.mark.parametrize(("documents", "options", "told", "exit_code"), NOT_SIGNED.values(), ids=NOT_SIGNED)
def test_what_cannot_be_signed_is_told_with_a_remedy(
    tmp_path: Path, documents: tuple[dict[str, Any], ...], options: tuple[str, ...], told: str, exit_code: ExitCode
) -> None:
    with pytest.raises(Problem, match=told) as met:
        run("sign", "-f", write(tmp_path, "job.yaml", *documents), *options)
    assert met.value.code is exit_code
    assert met.value.remedy


def test_a_chain_id_that_no_chain_has_is_a_wrong_argument(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as met:
        run("sign", "-f", write(tmp_path, "job.yaml", code(), job()), *PARTIES, "--chain-id", str(2**256))
    assert met.value.code == ExitCode.USAGE


def test_what_is_missing_can_be_given_by_options(tmp_path: Path) -> None:
    with pytest.raises(Problem) as met:
        run("sign", "-f", write(tmp_path, "job.yaml", code(), job()), "--hub", HUB)
    assert "or give --chain-id, --settlement, --vault, --decimals, --customer" in met.value.remedy


def test_without_a_key_nothing_is_signed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HANSA_ORDER_KEY")
    source = write(tmp_path, "job.yaml", code(), job())
    with pytest.raises(Problem, match="there is no key to sign with"):
        run("sign", "-f", source, *PARTIES)
    with pytest.raises(Problem, match=r"cannot read the key in .*nowhere"):
        run("sign", "-f", source, *PARTIES, "--key-file", str(tmp_path / "nowhere"))
    zero = tmp_path / "zero"
    zero.write_text("0x" + "0" * 64)
    with pytest.raises(Problem, match="zero holds is no private key"):
        run("sign", "-f", source, *PARTIES, "--key-file", str(zero))
