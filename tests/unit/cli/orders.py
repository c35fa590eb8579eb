"""Manifests that `hansa order` is given in tests, and what it prints for programs."""

from pathlib import Path
from typing import Any

import yaml
from typer.testing import CliRunner

from hansa_cli.main import app
from hansa_operator.api.aijob import AIJob
from hansa_operator.api.hub import VaultRef
from hansa_operator.core.order.signed_order import SignedOrder, check_work, read_order
from hansa_operator.core.order.signed_work import Work
from tests.integration.kube.manifests import manifest
from tests.metered import CUSTOMER, HUB, VAULT
from tests.ordered import DOMAIN, SETTLEMENT, SIGNER, TOKEN

CODE = {"train.py": "print('hello')\n"}
VAULTS = {VAULT: VaultRef(address=VAULT, token=TOKEN, symbol="USD", decimals=18)}
TYPED = {
    "--chain-id": "31337",
    "--settlement": SETTLEMENT,
    "--hub": HUB.lower(),
    "--vault": VAULT,
    "--customer": CUSTOMER,
    "--decimals": "18",
}
PARTIES = tuple(part for option in TYPED.items() for part in option)


def job(**changes: Any) -> dict[str, Any]:
    made = manifest("AIJob", "train", "lab", {f"spec.{path}": value for path, value in changes.items()})
    made["spec"].pop("order")
    return made


def code() -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "code"}, "data": CODE}


def line(signer: str = SIGNER, **changes: Any) -> dict[str, Any]:
    signed = {"customer": CUSTOMER, "vault": VAULT.lower(), "settlement": SETTLEMENT, "orderSigner": signer, **changes}
    return manifest("CreditLine", "credit", "lab", {f"spec.authorization.{key}": to for key, to in signed.items()})


def hub(**changes: Any) -> dict[str, Any]:
    vaults = [{"address": VAULT, "token": TOKEN, "symbol": "USD", "decimals": 18}]
    own = {"spec.address": HUB, "spec.contracts.settlement": SETTLEMENT, "spec.vaults": vaults, **changes}
    return manifest("Hub", "hub", changes=own)


def service(service_id: int | None = 7) -> dict[str, Any]:
    made = manifest("AIService", "product")
    return {**made, "status": {"serviceID": service_id}} if service_id is not None else made


def write(folder: Path, name: str, *documents: dict[str, Any]) -> str:
    path = folder / name
    path.write_text(yaml.safe_dump_all(documents))
    return str(path)


def run(*arguments: str, stdin: str = "") -> str:
    """Return what a command prints for programs; raises what it refuses with."""
    done = CliRunner().invoke(app, ["order", *arguments], input=stdin)
    if done.exception is not None:
        raise done.exception
    return done.stdout


def verified(document: dict[str, Any], files: dict[str, bytes] | None = None) -> SignedOrder:
    """Return the order of a printed job as the operator reads it; fails when it is not for the job."""
    stated = AIJob.model_validate(document).spec
    assert stated.order is not None
    read = read_order(stated.order, domain=DOMAIN, hub=HUB, vaults=VAULTS)
    assert isinstance(read, SignedOrder), read
    found = check_work(
        read, Work(stated, files={name: text.encode() for name, text in CODE.items()} if files is None else files)
    )
    assert isinstance(found, SignedOrder), found
    return found
