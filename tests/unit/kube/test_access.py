"""Kubeconfigs are read as kubectl reads them, and credentials are never printed."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from hansa_operator.adapters.kube.access import AccessUnknown, load_access


def _write(folder: Path, user: dict[str, Any], server: str = "http://127.0.0.1:8080/prefix/") -> Path:
    file = folder / "config"
    document = {
        "current-context": "b",
        "contexts": [
            {"name": "a", "context": {"cluster": "other", "user": "other"}},
            {"name": "b", "context": {"cluster": "c", "user": "u"}},
        ],
        "clusters": [{"name": "c", "cluster": {"server": server}}],
        "users": [{"name": "u", "user": user}],
    }
    file.write_text(yaml.safe_dump(document))
    return file


def test_the_current_context_is_taken(tmp_path: Path) -> None:
    found = load_access(_write(tmp_path, {"token": "secret"}))
    assert found.url == "http://127.0.0.1:8080/prefix"
    assert found.headers() == {"Authorization": "Bearer secret"}


def test_credentials_are_not_printed(tmp_path: Path) -> None:
    assert "secret" not in repr(load_access(_write(tmp_path, {"token": "secret"})))


def test_a_token_file_is_read_anew_each_time(tmp_path: Path) -> None:
    found = load_access(_write(tmp_path, {"tokenFile": "token"}))
    for token in ("first", "second"):
        (tmp_path / "token").write_text(f"{token}\n")
        assert found.headers() == {"Authorization": f"Bearer {token}"}


def test_a_program_for_credentials_is_refused_with_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(AccessUnknown, match="service account's token"):
        load_access(_write(tmp_path, {"exec": {"command": "login"}}))


def test_a_broken_certificate_is_no_traceback(tmp_path: Path) -> None:
    user = {"client-certificate-data": "bm8=", "client-key-data": "bm8="}
    with pytest.raises(AccessUnknown, match="no usable kubeconfig"):
        load_access(_write(tmp_path, user, "https://127.0.0.1:6443"))


def test_without_kubeconfig_and_cluster_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(AccessUnknown, match="neither a kubeconfig nor a service account"):
        load_access(None, account=tmp_path)
