"""Orders in the ledger: kept at admission, and read back when somebody doubts that the work was ordered."""

from dataclasses import asdict

from hansa_operator.ports.ledger import JobRecord, OrderRecord
from hansa_protocol.eip712 import Order
from hansa_protocol.identity import parse_address
from hansa_protocol.signing import recover


def keep_order(order: Order, signature: bytes) -> OrderRecord:
    """Return the record of a signed order."""
    texts = {"spec_digest": "0x" + order.spec_digest.hex(), "signature": "0x" + signature.hex()}
    return OrderRecord(**{**asdict(order), **texts})


def kept_order(record: OrderRecord) -> tuple[Order, bytes]:
    """Return the order and the signature that a record keeps."""
    order = Order(
        hub=parse_address(record.hub),
        vault=parse_address(record.vault),
        customer=parse_address(record.customer),
        service=record.service,
        spec_digest=bytes.fromhex(record.spec_digest[2:]),
        max_amount=record.max_amount,
        nonce=record.nonce,
        expires_at=record.expires_at,
    )
    return order, bytes.fromhex(record.signature[2:])


def is_ordered(job: JobRecord, signer: str) -> bool:
    """Return whether the hub could show an order of a job where `signer` signs them ("": nobody asks for one)."""
    if not signer:
        return True
    # The digest of an order is the job's id.
    return job.order is not None and recover(bytes.fromhex(job.job_id[2:]), kept_order(job.order)[1]) == signer
