"""A provider with everything, as tests change it."""

from dataclasses import replace
from typing import Any

from hansa_operator.api.provider import Provider, ProviderStatus
from hansa_operator.core.clock import rfc3339
from hansa_operator.core.market.provider import ProviderDecision, ProviderFacts, decide_provider
from hansa_operator.core.transactions import Sent
from hansa_operator.ports.chain import ChainStamp, ProviderState, TxState, TxView
from hansa_operator.ports.intake import GpuInventory
from hansa_operator.ports.ledger import TransactionRecord

NOW = 1_700_000_000_000
START = NOW - 3_600_000
GOLD, SILVER = "0x" + "Aa" * 20, "0x" + "bb" * 20
ADDRESS, KEY, OTHER_KEY = "0x" + "11" * 20, "0x" + "Cc" * 20, "0x" + "dd" * 20
STATE = ProviderState(stamp=ChainStamp(50, 1_700_000_000), bond=100_000_000, receipt_key=KEY.lower())
H200 = GpuInventory("H200", 8, 141 * 2**30)
FINE = {
    "Approved": "True/Approved",
    "Bonded": "True/Bonded",
    "Reachable": "True/Heartbeating",
    "Schedulable": "True/Open",
    "Ready": "True/Open",
}


def provider(status: ProviderStatus | None = None, *, deleted: bool = False, **spec: Any) -> Provider:
    stated = {
        "address": ADDRESS,
        "approved": True,
        "access": {"local": {"gpus": 8}},
        "agentKey": KEY,
        "offers": [{"gpuModel": "H200", "vault": GOLD, "unitPrice": "2.40"}],
        **spec,
    }
    metadata = {"name": "north", "generation": 4, "deletionTimestamp": rfc3339(NOW) if deleted else None}
    made = Provider.model_validate({"metadata": metadata, "spec": stated})
    return made.model_copy(update={"status": status})


BASE = ProviderFacts(
    provider=provider(),
    now_ms=NOW,
    started_ms=START,
    last_beat_ms=NOW - 1_000,
    inventory=(H200,),
    states={GOLD.lower(): STATE},
    exposure=12_500_000,
    decimals=6,
    min_bond=100_000_000,
    approval_needed=True,
)


def decide(**changes: object) -> ProviderDecision:
    return decide_provider(replace(BASE, **changes))  # type: ignore[arg-type]


def after(decision: ProviderDecision, *, ms: int = 0, **changes: object) -> ProviderDecision:
    return decide(provider=provider(decision.status), now_ms=NOW + ms, **changes)


def raising(state: TxState, *, block: int | None = None) -> Sent:
    """Return the transaction that raises what the provider is guaranteed, sent a minute ago."""
    record = TransactionRecord("guarantee-north", 0, "guarantee", "0xabc", 7, NOW - 60_000, 1)
    return Sent(record, TxView(state, block))


def window(start_ms: int, end_ms: int) -> dict[str, object]:
    return {"maintenance": [{"start": rfc3339(start_ms), "end": rfc3339(end_ms)}]}
