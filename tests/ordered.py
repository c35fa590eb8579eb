"""Orders as tests sign them: for the job, the customer and the vault of tests/builders.py; keywords change fields."""

from dataclasses import replace
from types import MappingProxyType
from typing import Any

from hansa_operator.api.aijob import AIJob
from hansa_operator.api.hub import VaultRef
from hansa_operator.core.order.signed_order import SignedOrder, state_order
from hansa_operator.core.order.signed_work import Work
from hansa_protocol.eip712 import Order, settlement_domain
from hansa_protocol.identity import address_from_bytes
from hansa_protocol.signing import address_of, sign
from tests.builders import NOW, aijob
from tests.metered import CUSTOMER, HUB, VAULT

SIGNER_KEY, CUSTOMER_KEY = b"\x07" * 32, b"\x03" * 32
SIGNER = address_of(SIGNER_KEY)
SETTLEMENT, TOKEN, STRANGER = (address_from_bytes(bytes([n]) * 20) for n in (0xA1, 0xB2, 0xC3))
DOMAIN = settlement_domain(31_337, SETTLEMENT)
EXPIRES = NOW // 1000 + 600
VAULTS = MappingProxyType({VAULT: VaultRef(address=VAULT, token=TOKEN, symbol="USD", decimals=6)})


def build_order(job: AIJob | None = None, **changes: Any) -> Order:
    """Return an order of 10 tokens that is good for ten minutes."""
    digest = Work((job or aijob()).spec).digest()
    return replace(Order(HUB, VAULT, CUSTOMER, 0, digest, 10_000_000, 5, EXPIRES), **changes)


def signed(order: Order | None = None, *, key: bytes = SIGNER_KEY, version: int = 1) -> SignedOrder:
    """Return an order with a signature, by the line's order signer unless another key is given."""
    order = order or build_order()
    digest = order.digest(DOMAIN)
    return SignedOrder(order, version, sign(digest, key), digest)


def ordered(job: AIJob | None = None, *, key: bytes = SIGNER_KEY, version: int = 1, **changes: Any) -> AIJob:
    """Return a job that holds an order."""
    job = job or aijob()
    stated = state_order(signed(build_order(job, **changes), key=key, version=version), decimals=6)
    return job.model_copy(update={"spec": job.spec.model_copy(update={"order": stated})})
