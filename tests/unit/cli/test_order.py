"""`hansa order` without a cluster: what it signs, and what it prints."""

import json
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from hansa_cli.main import app
from hansa_cli.problem import ExitCode, Problem
from hansa_protocol.identity import ZERO_ADDRESS
from tests.metered import CUSTOMER
from tests.ordered import CUSTOMER_KEY, SIGNER, SIGNER_KEY
from tests.unit.cli.orders import PARTIES, code, hub, job, line, run, service, verified, write

pytestmark = pytest.mark.usefixtures("away")


def test_a_job_is_signed_without_cluster_or_chain_and_ready_to_apply(tmp_path: Path) -> None:
    source = write(tmp_path, "job.yaml", code(), job())
    printed = list(yaml.safe_load_all(run("sign", "-f", source, *PARTIES)))
    assert printed[0] == code()
    order = printed[1]["spec"].pop("order")
    assert printed[1] == job()
    signed = verified({**job(), "spec": {**job()["spec"], "order": order}})
    assert signed.signer == SIGNER
    assert (signed.order.customer, signed.order.service, signed.order.max_amount) == (CUSTOMER, 0, 12_500 * 10**15)


def test_what_was_not_typed_comes_from_the_credit_line_and_its_hub(tmp_path: Path) -> None:
    source = write(tmp_path, "job.yaml", code(), job())
    listed = {"apiVersion": "v1", "kind": "List", "metadata": {"resourceVersion": ""}, "items": [line(), hub()]}
    printed = yaml.safe_load_all(run("sign", "-f", source, "--with", write(tmp_path, "line.yaml", listed)))
    documents = list(printed)
    assert [one["kind"] for one in documents] == ["ConfigMap", "AIJob"], "what it refers to is not printed"
    assert verified(documents[1]).signer == SIGNER


def test_a_line_without_a_signer_takes_the_orders_of_its_customer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HANSA_ORDER_KEY", CUSTOMER_KEY.hex())
    source = write(tmp_path, "job.yaml", code(), job(), line(ZERO_ADDRESS), hub())
    assert verified(list(yaml.safe_load_all(run("sign", "-f", source)))[1]).signer == CUSTOMER


def test_an_order_for_a_product_names_its_id_on_chain(tmp_path: Path) -> None:
    uses = job()
    del uses["spec"]["workload"]
    uses["spec"]["serviceRef"] = {"name": "product", "args": ["--fast"]}
    source, product = write(tmp_path, "job.yaml", uses), write(tmp_path, "service.yaml", service())
    order = yaml.safe_load(run("sign", "-f", source, "--with", product, *PARTIES, "--order-only"))
    assert order["service"] == 7
    with pytest.raises(Problem, match="no id on chain") as met:
        run("sign", "-f", source, "--with", write(tmp_path, "new.yaml", service(None)), *PARTIES)
    assert met.value.code is ExitCode.REFUSED
    uses["spec"]["serviceRef"]["digest"] = "0x" + "9" * 64
    with pytest.raises(Problem, match=r"serviceRef\.digest of train"):
        run("sign", "-f", write(tmp_path, "job.yaml", uses), "--with", product, *PARTIES)


def test_the_key_comes_from_a_file_or_the_environment_and_is_never_shown(tmp_path: Path) -> None:
    source, file = write(tmp_path, "job.yaml", code(), job()), tmp_path / "key"
    file.write_text(CUSTOMER_KEY.hex() + "\n")
    done = CliRunner().invoke(app, ["order", "sign", "-f", source, *PARTIES, "--key-file", str(file)])
    assert verified(list(yaml.safe_load_all(done.stdout))[1]).signer == CUSTOMER
    assert f"train: {CUSTOMER} orders it for {CUSTOMER}, for at most 12.5 tokens" in " ".join(done.stderr.split())
    assert not any(key.hex() in done.output for key in (CUSTOMER_KEY, SIGNER_KEY))
    file.write_text(CUSTOMER_KEY.hex()[:-1])
    with pytest.raises(Problem, match="is no private key") as met:
        run("sign", "-f", source, *PARTIES, "--key-file", str(file))
    assert CUSTOMER_KEY.hex()[:-1] not in f"{met.value.what}{met.value.remedy}"


def test_two_signatures_are_two_orders_unless_nonce_and_end_are_given(tmp_path: Path) -> None:
    source = write(tmp_path, "job.yaml", code(), job())
    one, other = (run("sign", "-f", source, *PARTIES, "--order-only", "--expires-at", "4000000000") for _ in range(2))
    assert one != other
    fixed = ("--order-only", "--expires-at", "4000000000", "--nonce", "9")
    assert run("sign", "-f", source, *PARTIES, *fixed) == run("sign", "-f", source, *PARTIES, *fixed)


def test_a_signed_job_can_be_signed_anew(tmp_path: Path) -> None:
    once = run("sign", "-f", write(tmp_path, "job.yaml", code(), job()), *PARTIES)
    again = run("sign", "-f", "-", *PARTIES, stdin=once)
    first, second = (list(yaml.safe_load_all(text))[1]["spec"]["order"] for text in (once, again))
    assert first["specDigest"] == second["specDigest"]
    assert first["signature"] != second["signature"]


def test_json_is_a_list_that_kubectl_takes(tmp_path: Path) -> None:
    printed = json.loads(run("sign", "-f", write(tmp_path, "job.yaml", code(), job()), *PARTIES, "-o", "json"))
    assert printed["kind"] == "List"
    assert verified(printed["items"][1])


def test_show_tells_what_is_signed_and_whether_the_job_still_is_that(tmp_path: Path) -> None:
    signed = list(yaml.safe_load_all(run("sign", "-f", write(tmp_path, "job.yaml", code(), job()), *PARTIES)))
    shown = yaml.safe_load(run("show", "-f", write(tmp_path, "signed.yaml", *signed)))
    assert shown["ordered"] is True
    assert shown["specDigest"] == signed[1]["spec"]["order"]["specDigest"]
    assert shown["signed"]["workload"]["entrypoint"] == ["python", "train.py"]
    signed[0]["data"]["train.py"] += "print('more')\n"
    assert yaml.safe_load(run("show", "-f", write(tmp_path, "other.yaml", *signed)))["ordered"] is False
    assert "ordered" not in yaml.safe_load(run("show", "-f", write(tmp_path, "job.yaml", code(), job())))


@pytest.mark.parametrize("command", ["sign", "show"])
def test_only_what_can_be_printed_is_offered(command: str) -> None:
    offered = CliRunner().invoke(app, ["order", command, "--help"], terminal_width=200).output
    assert "yaml|json" in offered.replace(" ", "")
    assert CliRunner().invoke(app, ["order", command, "-f", "job.yaml", "-o", "table"]).exit_code == 2
