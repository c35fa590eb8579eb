"""The objects that a sandbox applies: a hub, a pool, providers, a product, and customers with credit lines."""

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hansa_cli.sandbox.cast import Cast, Customer, Merchant

Manifest = dict[str, Any]
SYSTEM = "hansa-system"
POOL_LABEL = "hansa.dev/pool"
CREDIT_LINE = "credit"
RPC_SECRET = "hansa-rpc"  # noqa: S105 -- an object's name
SIGNER_SECRET = "hansa-signer"  # noqa: S105 -- an object's name
VERSION = "hansa.dev/v1alpha1"


@dataclass(frozen=True, slots=True)
class OnChain:
    """Name what the objects refer to on the chain."""

    chain_id: int
    hub: str
    settlement: str
    credit_lines: str
    providers: str
    services: str
    challenges: str
    statements: str
    disputes: str
    claims: str
    vault: str
    token: str
    symbol: str
    decimals: int


def namespaces(cast: Cast) -> Iterator[Manifest]:
    """Yield the hub's namespace and the customers', which the pool admits by their label."""
    for name in (SYSTEM, *(customer.namespace for customer in cast.customers)):
        labels = {} if name == SYSTEM else {POOL_LABEL: cast.pool}
        yield {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}


def secret(name: str, content: Mapping[str, str]) -> Manifest:
    """Return a Secret of the hub."""
    data = {key: base64.b64encode(value.encode()).decode() for key, value in content.items()}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "namespace": SYSTEM}, "data": data}


def hub(cast: Cast, chain: OnChain) -> Manifest:
    """Return the Hub: its address, its contracts, and where its keys are."""
    contracts = {
        "settlement": chain.settlement,
        "creditLines": chain.credit_lines,
        "providers": chain.providers,
        "services": chain.services,
        "challenges": chain.challenges,
        "statements": chain.statements,
        "disputes": chain.disputes,
        "claims": chain.claims,
    }
    vault = {"address": chain.vault, "token": chain.token, "symbol": chain.symbol, "decimals": chain.decimals}
    spec = {
        "chainID": chain.chain_id,
        "address": chain.hub,
        "contracts": contracts,
        "vaults": [vault],
        "rpcSecretRef": {"name": RPC_SECRET},
        "signerRef": {"name": SIGNER_SECRET},
    }
    return _object("Hub", cast.hub, spec)


def pool(cast: Cast) -> Manifest:
    """Return the ProviderPool, which scales to zero soon."""
    spec = {
        "hubRef": {"name": cast.hub},
        "backend": "Local",
        "providerSelector": {"matchLabels": {POOL_LABEL: cast.pool}},
        "allowedNamespaces": {"matchLabels": {POOL_LABEL: cast.pool}},
        "admission": {"mode": "Bonded", "minBond": "100"},
        "guarantee": "20",
        "maxWorkers": 8,
        "maxWorkersPerNamespace": 4,
        "idleTimeoutSeconds": 5,
    }
    return _object("ProviderPool", cast.pool, spec)


def provider(cast: Cast, merchant: Merchant, *, address: str, agent_key: str, vault: str) -> Manifest:
    """Return a Provider on this machine."""
    spec = {
        "address": address,
        "approved": True,
        "access": {"local": {"gpus": merchant.gpus, "gpuModel": merchant.gpu_model}},
        "agentKey": agent_key,
        "offers": [{"gpuModel": merchant.gpu_model, "vault": vault, "unitPrice": merchant.unit_price}],
    }
    return _object("Provider", merchant.name, spec, labels={POOL_LABEL: cast.pool})


def service(cast: Cast, *, publisher: str, uri: str, sha256: str) -> Manifest:
    """Return the publisher's AIService: an archive with its digest, an entrypoint and a royalty."""
    product = cast.product
    workload = {"entrypoint": list(product.entrypoint), "source": {"archive": {"uri": uri, "sha256": sha256}}}
    spec = {
        "version": product.version,
        "publisher": publisher,
        "payout": publisher,
        "royaltyBps": product.royalty_bps,
        "workload": workload,
        "contentDigest": "0x" + sha256,
    }
    return _object("AIService", product.name, spec)


def credit_line(cast: Cast, customer: Customer, authorization: Mapping[str, Any]) -> Manifest:
    """Return a customer's CreditLine with the authorization that it signed."""
    spec = {"hubRef": {"name": cast.hub}, "authorization": dict(authorization)}
    return _object("CreditLine", CREDIT_LINE, spec, namespace=customer.namespace)


def _object(
    kind: str, name: str, spec: Manifest, *, namespace: str = "", labels: Mapping[str, str] | None = None
) -> Manifest:
    metadata: Manifest = {"name": name}
    if namespace:
        metadata["namespace"] = namespace
    if labels:
        metadata["labels"] = dict(labels)
    return {"apiVersion": VERSION, "kind": kind, "metadata": metadata, "spec": spec}
