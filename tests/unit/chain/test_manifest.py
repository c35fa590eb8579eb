"""A deployment's manifest comes from anywhere: what is wrong with one is told in words, and at once."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hansa_chain.artifacts import CONTRACTS
from hansa_chain.deployment import FORMAT, Deployment
from hansa_chain.errors import DeploymentInvalid
from hansa_chain.profiles import DEVELOPMENT

ADDRESS = "0x" + "1" * 40
SOUND: dict[str, Any] = {
    "format": FORMAT,
    "chainId": 31_337,
    "treasury": ADDRESS,
    "blockNumber": 1,
    "contracts": {name: {"address": ADDRESS, "codeHash": "0x12"} for name in CONTRACTS if name != "Factory"},
    "profile": DEVELOPMENT.to_json(),
}


def load(folder: Path, content: bytes) -> Deployment:
    file = folder / "manifest.json"
    file.write_bytes(content)
    return Deployment.load(file)


def test_a_sound_manifest_is_read(tmp_path: Path) -> None:
    assert load(tmp_path, json.dumps(SOUND).encode()).profile == DEVELOPMENT


BROKEN: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "it is no JSON at line 1, column 1"),
    "null": (b"null", "it is no JSON object"),
    "a list": (b"[]", "it is no JSON object"),
    "a text": (b'"x"', "it is no JSON object"),
    "bytes": (b"\xff\xfe", "it is no text in UTF-8"),
    "many digits": (b"1" * 5_000, "a number in it has too many digits"),
    "lists in lists": (b"[" * 100_000, "it nests more than 100 deep"),
    "objects in objects": (b'{"a":' * 100_000, "it nests more than 100 deep"),
    "an empty object": (b"{}", "format is missing"),
}


@pytest.mark.parametrize(("content", "told"), BROKEN.values(), ids=BROKEN)
def test_a_file_that_is_no_manifest_says_why(tmp_path: Path, content: bytes, told: str) -> None:
    with pytest.raises(DeploymentInvalid, match=f"is no manifest .{told}"):
        load(tmp_path, content)


def put(name: str, value: object) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda data: data | {name: value}


def vault(**changes: object) -> Callable[[dict[str, Any]], dict[str, Any]]:
    stated = {name: value for name, value in ({"address": ADDRESS, "codeHash": "0x12"} | changes).items() if value}
    return lambda data: data | {"contracts": data["contracts"] | {"Vault": stated}}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (put("format", "other"), "its format is 'other'"),
        (put("chainId", "1"), "chainId is no whole number"),
        (put("chainId", None), "chainId is no whole number"),
        (put("blockNumber", -1), "blockNumber is no whole number"),
        (put("treasury", 5), "treasury is no text"),
        (put("treasury", "0x12"), "treasury: '0x12' is no address"),
        (put("contracts", []), "contracts is no object"),
        (put("contracts", {}), "does not say where .* are"),
        (put("profile", None), "profile is no object"),
        (put("profile", {}), "params is missing"),
        (put("profile", DEVELOPMENT.to_json() | {"notice": 2**256}), "notice is .* and must be at most"),
        (put("profile", DEVELOPMENT.to_json() | {"leaf_fee": -1}), "leaf_fee is .*"),
        (vault(address=None), "of Vault the address is missing"),
        (vault(address="0x12"), "of Vault the address: '0x12' is no address"),
        (vault(codeHash=7), "of Vault the codeHash is no text"),
    ],
)
def test_a_field_that_is_missing_or_wrong_is_named(
    tmp_path: Path, change: Callable[[dict[str, Any]], dict[str, Any]], told: str
) -> None:
    with pytest.raises(DeploymentInvalid, match=told):
        load(tmp_path, json.dumps(change(SOUND)).encode())


def test_a_folder_is_no_manifest(tmp_path: Path) -> None:
    with pytest.raises(DeploymentInvalid, match="cannot be read, Is a directory"):
        Deployment.load(tmp_path)
