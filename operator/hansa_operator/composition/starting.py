"""What the operator needs before it can work: its Hub, the hub's keys, the chain. It waits for them and says so."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import structlog

from hansa_operator.adapters.chain import ContractAddresses, EvmChain, open_chain
from hansa_operator.api.hub import Hub, HubReason
from hansa_operator.core.settlement.hub import HubFacts, decide_hub
from hansa_operator.ports.chain import ChainRefused, ChainUnreachable
from hansa_operator.ports.kube import ApiUnreachable, Forbidden, Kube, ObjectRef
from hansa_operator.reconcile.status import apply_status
from hansa_protocol.identity import Address, respell_address
from hansa_protocol.signing import SignatureError, address_of

T = TypeVar("T")
RETRY_SECONDS = 1.0
log = structlog.get_logger(__name__)


class NotYet(Exception):
    """Raised when something that the operator needs is not there; it waits and looks again."""


@dataclass(slots=True)
class Starting:
    """Tell what the start waits for, until it is over."""

    reason: str | None = "the operator is starting"

    def check(self) -> str | None:
        """Return what is waited for, or None once the operator works."""
        return self.reason

    async def until(self, attempt: Callable[[], Awaitable[T]]) -> T:
        """Try until it works; what stands in the way is logged once and shown at /readyz."""
        while True:
            try:
                return await attempt()
            except (NotYet, ApiUnreachable, ChainUnreachable, Forbidden) as missing:
                if str(missing) != self.reason:
                    log.warning("waiting", why=str(missing))
                self.reason = str(missing)
            await asyncio.sleep(RETRY_SECONDS)


@dataclass(frozen=True, slots=True)
class HubKeys:
    """Hold what the hub's Secrets say. Never shown."""

    rpc_url: str = field(repr=False)
    private_key: bytes = field(repr=False)


async def find_hub(kube: Kube, name: str) -> Hub:
    """Return the Hub that this operator is for; raises NotYet without one."""
    found = await kube.get(ObjectRef("Hub", "", name))
    if found is None:
        raise NotYet(f"there is no Hub {name}: create it, or correct HANSA_HUB")
    return Hub.model_validate(found)


async def read_keys(kube: Kube, namespace: str, hub: Hub) -> HubKeys:
    """Return what the hub's Secrets hold; raises NotYet, and says so in the Hub's status, when they cannot be used."""
    try:
        url = await _secret(kube, namespace, hub.spec.rpc_secret_ref.name, "url")
        text = await _secret(kube, namespace, hub.spec.signer_ref.name, "privateKey")
        return HubKeys(url.strip(), _private_key(hub, text.strip()))
    except NotYet as missing:
        await _report(kube, hub, HubReason.SIGNER_UNAVAILABLE, str(missing))
        raise


async def connect(kube: Kube, hub: Hub, keys: HubKeys, manifest: Path | None) -> EvmChain:
    """Return the chain; raises ChainUnreachable, or NotYet when it is not the one that the Hub names."""
    spec = hub.spec
    contracts = ContractAddresses(
        settlement=respell_address(spec.contracts.settlement),
        credit_lines=respell_address(spec.contracts.credit_lines),
        providers=respell_address(spec.contracts.providers),
        services=respell_address(spec.contracts.services),
        challenges=_maybe(spec.contracts.challenges),
        statements=_maybe(spec.contracts.statements),
        disputes=_maybe(spec.contracts.disputes),
        claims=_maybe(spec.contracts.claims),
    )
    key, chain_id = keys.private_key, spec.chain_id
    try:
        return await open_chain(keys.rpc_url, chain_id=chain_id, hub_key=key, contracts=contracts, manifest=manifest)
    except ChainRefused as refused:
        await _report(kube, hub, refused.reason, str(refused))
        raise NotYet(str(refused)) from refused


def _maybe(address: str | None) -> Address | None:
    return respell_address(address) if address is not None else None


async def _secret(kube: Kube, namespace: str, name: str, key: str) -> str:
    content = await kube.read_secret(namespace, name)
    if content is None:
        raise NotYet(f"there is no Secret {namespace}/{name}: create it with the key {key}")
    if key not in content:
        raise NotYet(f"Secret {namespace}/{name} has no key {key}: add it")
    return content[key].decode(errors="replace")


def _private_key(hub: Hub, text: str) -> bytes:
    where = f"the private key in Secret {hub.spec.signer_ref.name}"
    try:
        key = bytes.fromhex(text.removeprefix("0x"))
        address = address_of(key)
    except (ValueError, SignatureError):
        raise NotYet(f"{where} is none: write 0x and 64 hexadecimal digits") from None
    if address != respell_address(hub.spec.address):
        raise NotYet(f"{where} is that of {address}, and the Hub's address is {hub.spec.address}: correct one of them")
    return key


async def _report(kube: Kube, hub: Hub, reason: str, message: str) -> None:
    facts = HubFacts(hub, time.time_ns() // 1_000_000, states=None, heads={}, refused=(reason, message))
    wanted = decide_hub(facts).status
    if wanted != hub.status:
        await apply_status(kube, hub, wanted.manifest())
