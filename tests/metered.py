"""A job, its attempt and its receipts, as tests of metering build them; keyword arguments change fields."""

from dataclasses import replace
from typing import Any

from hansa_operator.ports.ledger import AttemptRecord, JobRecord
from hansa_protocol.eip712 import Receipt
from hansa_protocol.signing import address_of

AGENT_KEY, HUB_KEY = b"\x01" * 32, b"\x02" * 32
AGENT, HUB = address_of(AGENT_KEY), address_of(HUB_KEY)
CUSTOMER, VAULT, PROVIDER, PUBLISHER = (address_of(bytes([n]) * 32) for n in (3, 4, 5, 6))
JOB_ID = "0x" + "ab" * 32
PRICE = 7_200_000
"""Two wei per GPU-millisecond."""


def build_job(**changes: Any) -> JobRecord:
    """Return a job that pays a publisher 5%."""
    job = JobRecord(JOB_ID, "lab", "train", "u1", CUSTOMER, VAULT, 0, PUBLISHER, 500, 10**18, "", "", "")
    return replace(job, **changes)


def build_attempt(**changes: Any) -> AttemptRecord:
    """Return an open attempt on two GPUs."""
    attempt = AttemptRecord(JOB_ID, 0, "abab-0", "lab", "berlin", PROVIDER, AGENT, PRICE, "L4", 2, 1, placed_ms=0)
    return replace(attempt, **changes)


def build_receipt(**changes: Any) -> Receipt:
    """Return a receipt over all GPUs and the time that it names; the amount follows unless it is given."""
    fields = {"hub": HUB, "vault": VAULT, "customer": CUSTOMER, "job_id": bytes.fromhex(JOB_ID[2:]), "attempt": 0}
    fields |= {"epoch": 0, "seq": 0, "from_ms": 1_000, "to_ms": 4_000, "outcome": 0, "result_digest": bytes(32)}
    fields |= changes
    fields.setdefault("gpu_milliseconds", 2 * (fields["to_ms"] - fields["from_ms"]))
    fields.setdefault("provider_amount", fields["gpu_milliseconds"] * PRICE // 3_600_000)
    return Receipt(**fields)
