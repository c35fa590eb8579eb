"""The sandbox's Kubernetes API: etcd, kube-apiserver and kube-controller-manager on loopback."""

import base64
import http.client
import json
import ssl
from dataclasses import dataclass
from pathlib import Path

from hansa_cli.sandbox.certificates import Authority, Pair
from hansa_cli.sandbox.closing import Gate
from hansa_cli.sandbox.home import Home
from hansa_cli.sandbox.programs import Program, start_program, wait_for
from hansa_cli.sandbox.tools import find_tool
from hansa_operator.adapters.free_ports import free_ports

READY_SECONDS = 120.0
SERVICE_NETWORK = "10.96.0.0/24"
CONTROLLERS = (
    "namespace-controller",
    "garbage-collector-controller",
    "serviceaccount-controller",
    "serviceaccount-token-controller",
    "root-ca-certificate-publisher-controller",
)
"""What deletes namespaces and orphans, and makes accounts; no workload runs here that others would be for."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Hold the certificates that the control plane's parts need."""

    authority: Authority
    server: Pair
    admin: Pair
    accounts: Pair


def start_control_plane(home: Home, sandbox: str, gate: Gate) -> None:
    """Start the three processes, wait until the API is ready, and write the admin's kubeconfig."""
    client, peer, secure, manager = free_ports(4)
    identity = _issue(home)
    etcd = start_program(home, sandbox, gate, _etcd(home, client, peer))
    server = start_program(home, sandbox, gate, _server(identity, client, secure))
    url = f"https://127.0.0.1:{secure}"
    write_kubeconfig(home.kubeconfig, url, identity.authority.certificate, identity.admin)
    tls = ssl.create_default_context(cafile=str(identity.authority.certificate))
    tls.load_cert_chain(identity.admin.certificate, identity.admin.key)
    wait_for(etcd, lambda: _is_up(secure, "/readyz", tls), gate, seconds=READY_SECONDS, beside=(server,))
    controllers = start_program(home, sandbox, gate, _controllers(home, identity, manager))
    wait_for(controllers, lambda: _is_up(manager, "/healthz", tls), gate, seconds=READY_SECONDS)


def _issue(home: Home) -> Identity:
    authority = Authority(home.controlplane / "pki")
    hosts = ("127.0.0.1", "localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc", "10.96.0.1")
    return Identity(
        authority,
        authority.server("server", hosts),
        authority.client("admin", "hansa-admin", "system:masters"),
        authority.client("accounts", "service-accounts", ""),
    )


def _etcd(home: Home, client: int, peer: int) -> Program:
    urls = (f"http://127.0.0.1:{client}", f"http://127.0.0.1:{peer}")
    argv = (
        find_tool("etcd"),
        f"--data-dir={home.controlplane / 'etcd'}",
        f"--listen-client-urls={urls[0]}",
        f"--advertise-client-urls={urls[0]}",
        f"--listen-peer-urls={urls[1]}",
        f"--initial-advertise-peer-urls={urls[1]}",
        f"--initial-cluster=default={urls[1]}",
        # A sandbox survives its processes, not its machine's power: no wait for the disk.
        "--unsafe-no-fsync",
        "--log-level=warn",
    )
    return Program("etcd", argv, {})


def _server(identity: Identity, etcd_port: int, port: int) -> Program:
    argv = (
        find_tool("kube-apiserver"),
        f"--etcd-servers=http://127.0.0.1:{etcd_port}",
        "--bind-address=127.0.0.1",
        "--advertise-address=127.0.0.1",
        f"--secure-port={port}",
        f"--tls-cert-file={identity.server.certificate}",
        f"--tls-private-key-file={identity.server.key}",
        f"--client-ca-file={identity.authority.certificate}",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-key-file={identity.accounts.key}",
        f"--service-account-signing-key-file={identity.accounts.key}",
        f"--service-cluster-ip-range={SERVICE_NETWORK}",
        "--endpoint-reconciler-type=none",
        "--authorization-mode=RBAC",
        "--profiling=false",
        "--v=1",
    )
    return Program("kube-apiserver", argv, {})


def _controllers(home: Home, identity: Identity, port: int) -> Program:
    argv = (
        find_tool("kube-controller-manager"),
        f"--kubeconfig={home.kubeconfig}",
        "--bind-address=127.0.0.1",
        f"--secure-port={port}",
        "--leader-elect=false",
        f"--tls-cert-file={identity.server.certificate}",
        f"--tls-private-key-file={identity.server.key}",
        f"--controllers={','.join(CONTROLLERS)}",
        f"--root-ca-file={identity.authority.certificate}",
        f"--service-account-private-key-file={identity.accounts.key}",
        "--profiling=false",
        "--v=1",
    )
    return Program("kube-controller-manager", argv, {})


def _is_up(port: int, path: str, tls: ssl.SSLContext) -> bool:
    connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=2, context=tls)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def write_kubeconfig(path: Path, url: str, authority: Path, client: Pair) -> None:
    """Write a kubeconfig that holds everything in itself; only its owner may read it."""
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "hansa",
        "contexts": [{"name": "hansa", "context": {"cluster": "hansa", "user": "admin", "namespace": "default"}}],
        "clusters": [{"name": "hansa", "cluster": {"server": url, "certificate-authority-data": _base64(authority)}}],
        "users": [
            {
                "name": "admin",
                "user": {
                    "client-certificate-data": _base64(client.certificate),
                    "client-key-data": _base64(client.key),
                },
            }
        ],
    }
    path.touch(mode=0o600)
    path.write_text(json.dumps(document, indent=2) + "\n")


def _base64(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode()
