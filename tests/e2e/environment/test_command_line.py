"""The command line in an environment that is up."""

import json
import subprocess
from pathlib import Path

import pytest

from hansa_cli.sandbox.home import Home
from hansa_cli.shipped import example
from tests.e2e.conftest import Terminal


def test_a_quote_is_the_cheapest_first_and_tells_what_is_over_budget(inside: Terminal) -> None:
    path = str(example("over-budget") / "job.yaml")
    told = json.loads(inside.run("quote", "-f", path, "-n", "lab-visby", "-o", "json").stdout)
    quotes = told["quotes"]
    assert [quote["provider"] for quote in quotes] == ["lubeck", "bergen"]
    # 7200 s at 1.80 per GPU-hour is 3.60, and the protocol's 3 % come on top.
    assert (quotes[0]["providerAmount"], quotes[0]["protocolAmount"], quotes[0]["amount"]) == ("3.6", "0.108", "3.708")
    assert {quote["note"] for quote in quotes} == {"over budget.maxAmount"}


def test_a_quote_for_a_product_has_its_publishers_royalty(inside: Terminal) -> None:
    ran = inside.run("quote", "-f", str(example("digits") / "job.yaml"), "-n", "lab-riga", "-o", "json")
    cheapest = json.loads(ran.stdout)["quotes"][0]
    # 300 s on 2 GPUs at 1.80 per GPU-hour is 0.30; the royalty is 5 % of it.
    assert (cheapest["providerAmount"], cheapest["publisherAmount"]) == ("0.3", "0.015")


def test_the_vault_holds_exactly_what_it_owes(inside: Terminal) -> None:
    (sheet,) = json.loads(inside.run("balance", "-o", "json").stdout)
    assert sheet["held"] == sheet["owed"] == str((100 + 60 + 500 + 200 + 200) * 10**18)
    assert "exactly the sum" in inside.run("balance").stdout


def test_the_pool_lists_its_providers_with_prices(inside: Terminal) -> None:
    told = inside.run("pool").stdout
    assert "1.80" in told
    assert "2.40" in told


@pytest.fixture(scope="module")
def unused(inside: Terminal) -> str:
    """Give a namespace in which nobody submits: an example that is applied over a job with an order is refused."""
    argv = ["kubectl", "create", "namespace", "unused"]
    subprocess.run(argv, env=inside.environment, capture_output=True, timeout=60, check=True)
    return "unused"


@pytest.mark.parametrize("name", ["digits", "filetypes", "flaky", "soak", "over-budget", "cancelled"])
def test_the_api_server_takes_every_example(inside: Terminal, unused: str, name: str) -> None:
    argv = ["kubectl", "apply", "--dry-run=server", "-n", unused, "-f", str(example(name) / "job.yaml")]
    ran = subprocess.run(argv, env=inside.environment, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("get", "nothing", "-n", "lab-riga"), 4, "there is no AIJob nothing in namespace lab-riga"),
        (("pool", "demoo"), 4, "did you mean demo?"),
        (("submit", "-f", "nowhere.yaml"), 2, "cannot read nowhere.yaml"),
        (("logs", "nothing"), 4, "there is no AIJob nothing"),
        (("balance", "--rpc-url", "http://127.0.0.1:9"), 3, "does not answer"),
        (("submit", "-f", str(example("soak") / "job.yaml"), "-n", "nowhere"), 4, "choose a namespace that exists"),
    ],
    ids=["a wrong job", "a wrong pool", "a missing file", "logs of nothing", "no node", "a wrong namespace"],
)
def test_what_is_wrong_is_told_in_a_line_with_a_remedy(
    inside: Terminal, arguments: tuple[str, ...], code: int, told: str
) -> None:
    ran = inside.run(*arguments)
    assert ran.returncode == code, ran.stderr
    assert told in ran.stderr
    assert "Traceback" not in ran.stderr
    assert "do:" in ran.stderr


def test_an_invalid_manifest_is_refused_with_the_field_and_the_remedy(inside: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "job.yaml"
    path.write_text((example("digits") / "job.yaml").read_text().replace('"1.00"', '"1.00 HANSA"'))
    ran = inside.run("submit", "-f", str(path), "-n", "lab-riga")
    assert ran.returncode == 5
    assert "maxAmount" in ran.stderr
    assert "must be a decimal amount" in ran.stderr


def test_the_operators_account_reads_the_hubs_secrets_and_no_tenants(inside: Terminal) -> None:
    kubeconfig = str(Home(inside.home).operator_kubeconfig)

    def allowed(*question: str) -> bool:
        argv = ["kubectl", "--kubeconfig", kubeconfig, "auth", "can-i", *question]
        return (
            subprocess.run(argv, env=inside.environment, capture_output=True, timeout=60, check=False).returncode == 0
        )

    assert allowed("get", "secrets", "-n", "hansa-system")
    assert not allowed("get", "secrets", "-n", "lab-riga")
    assert not allowed("list", "secrets", "-n", "hansa-system")
    assert allowed("patch", "aijobs.hansa.dev/status", "--subresource=status", "-n", "lab-riga")
    assert not allowed("create", "aijobs.hansa.dev", "-n", "lab-riga")
