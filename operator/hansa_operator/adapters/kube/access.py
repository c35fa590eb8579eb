"""Where the API server is and what to present to it: from a kubeconfig, or as a pod of the cluster."""

import base64
import ssl
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from hansa_operator.ports.kube import KubeError

ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
IN_CLUSTER = "https://kubernetes.default.svc"
REMEDY = "set KUBECONFIG to a file that `kubectl --kubeconfig FILE get nodes` works with, or run inside the cluster"


class AccessUnknown(KubeError):
    """Raised when there is no usable kubeconfig and this is no pod of a cluster."""


@dataclass(frozen=True, slots=True)
class Access:
    """Hold an API server's address and the credentials; never printed."""

    url: str
    tls: ssl.SSLContext | None = field(repr=False)
    token: str = field(default="", repr=False)
    token_file: Path | None = None

    def headers(self) -> dict[str, str]:
        """Return the credentials as headers; a token file is read anew, since the kubelet replaces it."""
        token = self.token_file.read_text().strip() if self.token_file else self.token
        return {"Authorization": f"Bearer {token}"} if token else {}


def load_access(kubeconfig: Path | None, *, account: Path = ACCOUNT) -> Access:
    """Return the access of a kubeconfig's current context, or that of this pod's `account` when none is given."""
    if kubeconfig is not None:
        return _from_file(kubeconfig)
    if not (account / "token").exists():
        raise AccessUnknown(f"there is neither a kubeconfig nor a service account: {REMEDY}")
    tls = ssl.create_default_context(cafile=str(account / "ca.crt"))
    return Access(IN_CLUSTER, tls, token_file=account / "token")


def _from_file(path: Path) -> Access:
    try:
        config = yaml.safe_load(path.read_text())
        context = _named(config, "contexts", config["current-context"])["context"]
        cluster = _named(config, "clusters", context["cluster"])["cluster"]
        user = _named(config, "users", context["user"])["user"]
        if "exec" in user:
            raise AccessUnknown(f"{path} asks a program for credentials: give the operator a service account's token")
        token_file = path.parent / user["tokenFile"] if "tokenFile" in user else None
        tls = _tls(cluster, user, path.parent) if cluster["server"].startswith("https:") else None
        return Access(cluster["server"].rstrip("/"), tls, user.get("token", ""), token_file)
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError) as broken:
        raise AccessUnknown(f"{path} is no usable kubeconfig ({broken!r}): {REMEDY}") from broken


def _named(config: Mapping[str, Any], section: str, name: str) -> Mapping[str, Any]:
    found: dict[str, Mapping[str, Any]] = {entry["name"]: entry for entry in config[section]}
    return found[name]


def _tls(cluster: Mapping[str, Any], user: Mapping[str, Any], folder: Path) -> ssl.SSLContext:
    authority = _content(cluster, "certificate-authority", folder)
    context = ssl.create_default_context(cadata=authority.decode() if authority else None)
    if cluster.get("insecure-skip-tls-verify"):
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    certificate, key = (_content(user, f"client-{part}", folder) for part in ("certificate", "key"))
    if certificate and key:
        _load_client(context, certificate, key)
    return context


def _load_client(context: ssl.SSLContext, certificate: bytes, key: bytes) -> None:
    # The ssl module takes client keys from files only; this one is its owner's alone and gone at once.
    with tempfile.NamedTemporaryFile() as file:
        file.write(certificate + b"\n" + key)
        file.flush()
        context.load_cert_chain(file.name)


def _content(entry: Mapping[str, Any], key: str, folder: Path) -> bytes | None:
    if f"{key}-data" in entry:
        return base64.b64decode(entry[f"{key}-data"])
    return (folder / entry[key]).read_bytes() if key in entry else None
