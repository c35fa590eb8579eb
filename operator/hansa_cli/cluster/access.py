"""Find a cluster and the right to speak to it: kubeconfig files with certificates, tokens or exec plugins."""

import base64
import json
import os
import ssl
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from hansa_cli.cluster.yaml_reader import read_yaml, tell_fault
from hansa_cli.problem import ExitCode, Problem

REMEDY = "run `hansa up` and the `export KUBECONFIG=...` line that it prints, or point KUBECONFIG at your cluster"


@dataclass(frozen=True, slots=True)
class Access:
    """Hold where the API server is and what to present to it; `namespace` is the context's default."""

    host: str
    port: int
    prefix: str
    tls: ssl.SSLContext | None
    headers: Mapping[str, str]
    namespace: str
    source: str


def kubeconfig_path() -> Path:
    """Return the kubeconfig that kubectl would use; the first one where KUBECONFIG lists several."""
    listed = [part for part in os.environ.get("KUBECONFIG", "").split(os.pathsep) if part]
    return Path(listed[0]) if listed else Path.home() / ".kube" / "config"


def load_access(path: Path | None = None) -> Access:
    """Read the current context of a kubeconfig."""
    path = path or kubeconfig_path()
    try:
        return _access(path)
    except FileNotFoundError as missing:
        if missing.filename == str(path):
            raise Problem(f"there is no kubeconfig at {path}", REMEDY, code=ExitCode.UNREACHABLE) from missing
        raise _unusable(path, missing) from missing
    except (OSError, yaml.YAMLError, ValueError, LookupError, TypeError, AttributeError) as broken:
        raise _unusable(path, broken) from broken


def _unusable(path: Path, broken: Exception) -> Problem:
    match broken:
        case KeyError():
            why = f"{broken} is missing"
        case UnicodeDecodeError():
            why = "it is no text in UTF-8"
        case TypeError() | AttributeError():
            why = f"a field has another form than it should ({broken})"
        case yaml.YAMLError():
            why = tell_fault(broken)
        case _:
            why = str(broken)
    return Problem(f"{path} is no usable kubeconfig: {why}", REMEDY, code=ExitCode.UNREACHABLE)


def _access(path: Path) -> Access:
    config = next(read_yaml(path.read_text("utf-8")), None) or {}
    if not isinstance(config, dict):
        raise ValueError("it does not hold contexts, clusters and users")
    context = _named(config, "context", config.get("current-context"))
    cluster = _named(config, "cluster", context["cluster"])
    user = _named(config, "user", context["user"]) if context.get("user") else {}
    url = urlsplit(cluster["server"])
    credentials = {**user, **_from_plugin(user.get("exec"))}
    return Access(
        host=url.hostname or "localhost",
        port=url.port or (443 if url.scheme == "https" else 80),
        prefix=url.path.rstrip("/"),
        tls=_tls(cluster, credentials, path.parent) if url.scheme == "https" else None,
        headers=_headers(credentials, path.parent),
        namespace=context.get("namespace") or "default",
        source=str(path),
    )


def _named(config: Mapping[str, Any], part: str, name: str | None) -> Mapping[str, Any]:
    entries = config.get(f"{part}s") or []
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ValueError(f"its {part}s are no list of names and {part}s")
    for entry in entries:
        if entry.get("name") == name:
            found: Mapping[str, Any] = entry[part] or {}
            return found
    raise ValueError(f"it has no {part} called {name!r}" if name else f"it chooses no {part}")


def _from_plugin(plugin: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the credentials that an exec plugin prints (client.authentication.k8s.io)."""
    if not plugin:
        return {}
    extra = {item["name"]: item["value"] for item in plugin.get("env") or ()}
    info = {"apiVersion": plugin.get("apiVersion"), "kind": "ExecCredential", "spec": {"interactive": False}}
    environment = {**os.environ, **extra, "KUBERNETES_EXEC_INFO": json.dumps(info)}
    argv = [plugin["command"], *(plugin.get("args") or ())]
    try:
        done = subprocess.run(argv, env=environment, capture_output=True, text=True, timeout=60, check=True)
        status = json.loads(done.stdout)["status"]
    except (OSError, subprocess.SubprocessError, ValueError, KeyError) as failed:
        remedy = f"run `{plugin['command']}` by hand to see why"
        raise Problem(f"the kubeconfig's login command failed: {failed}", remedy, code=ExitCode.UNREACHABLE) from failed
    pairs = {"token": status.get("token")}
    for key, field in (("client-certificate-data", "clientCertificateData"), ("client-key-data", "clientKeyData")):
        value = status.get(field)
        pairs[key] = base64.b64encode(value.encode()).decode() if value else None
    return {key: value for key, value in pairs.items() if value}


def _tls(cluster: Mapping[str, Any], user: Mapping[str, Any], base: Path) -> ssl.SSLContext:
    with _told("its certificate authority"):
        authority = _octets(cluster, "certificate-authority", base)
        context = ssl.create_default_context(cadata=authority.decode() if authority else None)
    if cluster.get("insecure-skip-tls-verify"):
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    with _told("its client certificate with its key"), tempfile.NamedTemporaryFile(prefix="hansa-") as both:
        certificate, key = _octets(user, "client-certificate", base), _octets(user, "client-key", base)
        if certificate and key:
            both.write(certificate + b"\n" + key)
            both.flush()
            context.load_cert_chain(both.name)
    return context


@contextmanager
def _told(what: str) -> Iterator[None]:
    """Say what it is that cannot be read: neither OpenSSL nor base64 knows."""
    try:
        yield
    except (ssl.SSLError, ValueError) as broken:
        raise ValueError(f"{what} cannot be read: {broken}") from broken


def _octets(holder: Mapping[str, Any], key: str, base: Path) -> bytes | None:
    if holder.get(f"{key}-data"):
        return base64.b64decode(holder[f"{key}-data"])
    return (base / holder[key]).read_bytes() if holder.get(key) else None


def _headers(user: Mapping[str, Any], base: Path) -> dict[str, str]:
    token = user.get("token")
    if not token and user.get("tokenFile"):
        token = (base / user["tokenFile"]).read_text().strip()
    if token:
        return {"Authorization": f"Bearer {token}"}
    if user.get("username"):
        pair = f"{user['username']}:{user.get('password', '')}".encode()
        return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
    return {}
