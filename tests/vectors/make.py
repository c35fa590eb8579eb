"""Write protocol.json: values that Python and Solidity must compute alike. Run it again after a change of the protocol.

Numbers are decimal strings and bytes 0x hex, so that every JSON reader keeps them whole.
"""

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from hansa_protocol.batch import Batch, build_batch, encode_batch
from hansa_protocol.eip712 import Domain, Iou, Line, Order, Receipt, Request, credit_lines_domain, settlement_domain
from hansa_protocol.header import Header, header_hash
from hansa_protocol.identity import ZERO_ADDRESS, Address, job_id, keccak
from hansa_protocol.leaf import Leaf, leaf_hash, leaf_split
from hansa_protocol.merkle import MerkleTree
from hansa_protocol.rows import credit_tree, debit_tree
from hansa_protocol.signing import address_of, sign
from hansa_protocol.units import Bps, Wei, split

FILE = Path(__file__).with_name("protocol.json")
CHAIN_ID, EPOCH, FEE_BPS, ROYALTY_BPS = 31_337, 88_888_888, 300, 1_500

KEYS = {name: keccak(name.encode()) for name in ("ada", "ben", "hub", "north", "south", "author", "hotkey")}
PARTY = {name: address_of(key) for name, key in KEYS.items()}
CONTRACT = {name: address_of(keccak(name.encode())) for name in ("settlement", "vault", "creditLines")}
SETTLEMENT = settlement_domain(CHAIN_ID, CONTRACT["settlement"])
LINES = credit_lines_domain(CHAIN_ID, CONTRACT["creditLines"])


def build_vectors() -> dict[str, Any]:
    """Return everything that protocol.json holds."""
    batch = _batch()
    part = batch.parts[0]
    taken = [row.amount - 7 * index for index, row in enumerate(part.debits)]
    debits, paid = debit_tree(part.debits, taken), credit_tree(part.credits)
    header = Header(
        hub=batch.hub,
        vault=batch.vault,
        epoch=EPOCH,
        part=0,
        parts=1,
        jobs_root=part.jobs_root,
        leaf_count=len(part.leaves),
        file_digest=keccak(encode_batch(batch)),
        debit_root=debits.root,
        debit_count=debits.count,
        credit_root=paid.root,
        credit_count=paid.count,
        debits=part.debit_total,
        taken=sum(taken),
        credits=part.credit_total,
        posted_at=1_777_777_777,
        posted_block=12_345,
        params_version=1,
        secret_hash=keccak(b"next secret"),
        previous_secret=keccak(b"secret"),
    )
    return {
        "parties": dict(PARTY),
        "domains": {"settlement": _domain(SETTLEMENT), "creditLines": _domain(LINES)},
        "jobIds": [_job("b0f0a1de-0000-4000-8000-000000000001"), _job("")],
        "line": _signed(_line(), LINES, "ada"),
        "order": _signed(_order(), SETTLEMENT, "ada"),
        "receipt": _signed(_receipt(), SETTLEMENT, "hotkey"),
        "iou": _signed(_iou(), SETTLEMENT, "hub"),
        "request": _signed(_request(), SETTLEMENT, "hotkey"),
        "leaves": [{**_fields(leaf), "hash": _plain(leaf_hash(leaf))} for leaf in part.leaves],
        "jobs": {**_tree(part.jobs), "feeBps": str(FEE_BPS), "royaltyBps": str(ROYALTY_BPS)},
        "debits": {
            **_tree(debits),
            "rows": [_plain(row.pack()) for row in part.debits],
            "taken": [str(amount) for amount in taken],
        },
        "credits": {**_tree(paid), "rows": [_plain(row.pack()) for row in part.credits]},
        "header": {**_fields(header), "hash": _plain(header_hash(header))},
        "trees": [_tree(MerkleTree([keccak(bytes([i])) for i in range(n)])) for n in (0, 1, 2, 3, 4, 5, 7, 8, 9, 33)],
        "splits": [_split(provider, audit, royalty, fee) for provider, audit, royalty, fee in _SPLITS],
    }


_SPLITS = (
    (0, 0, 0, 0),
    (1, 0, 10_000, 1),
    (9_999, 0, 1, 1),
    (10_001, 3, 333, 250),
    (2**80 + 1, 2**70 + 1, 1_234, 2_000),
)


def _batch() -> Batch:
    leaves = [
        _leaf("first", seq=0, customer="ada", provider="north", service=1, amount=1_000_000_007),
        _leaf("second", seq=0, customer="ben", provider="south", service=0, amount=999_999_999_999_999_989),
        _leaf("third", seq=2, customer="ada", provider="south", service=1, amount=31_415_926_535_897, before=271_828),
    ]
    return build_batch(
        leaves,
        {1: (PARTY["author"], ROYALTY_BPS)},
        FEE_BPS,
        chain_id=CHAIN_ID,
        settlement=CONTRACT["settlement"],
        hub=PARTY["hub"],
        vault=CONTRACT["vault"],
        epoch=EPOCH,
    )


def _leaf(uid: str, *, seq: int, customer: str, provider: str, service: int, amount: int, before: int = 0) -> Leaf:
    start = EPOCH * 20_000
    leaf = Leaf(
        epoch=EPOCH,
        job_id=job_id(CHAIN_ID, CONTRACT["settlement"], PARTY["hub"], uid),
        seq=seq,
        attempt=seq,
        from_ms=start + 1_234,
        to_ms=start + 19_999,
        cumulative=0,
        customer=PARTY[customer],
        provider=PARTY[provider],
        service=service,
        provider_amount=amount,
        audit_amount=0,
        result_digest=keccak(uid.encode()),
        receipt_digest=keccak(uid.encode() + b" receipt"),
    )
    debit = leaf_split(leaf, ROYALTY_BPS if service else 0, FEE_BPS).debit
    return replace(leaf, cumulative=before + debit)


def _line() -> Line:
    return Line(
        customer=PARTY["ada"],
        settlement=CONTRACT["settlement"],
        hub=PARTY["hub"],
        vault=CONTRACT["vault"],
        tenant="team-ada",
        cap_per_epoch=5 * 10**18,
        expires_at=1_888_888_888,
        order_signer=ZERO_ADDRESS,
        nonce=3,
        valid_until=1_777_777_800,
    )


def _order() -> Order:
    return Order(
        hub=PARTY["hub"],
        vault=CONTRACT["vault"],
        customer=PARTY["ada"],
        service=7,
        spec_digest=keccak(b"spec"),
        max_amount=2**96 - 1,
        nonce=2**200 + 5,
        expires_at=1_888_888_888,
    )


def _receipt() -> Receipt:
    return Receipt(
        hub=PARTY["hub"],
        vault=CONTRACT["vault"],
        customer=PARTY["ada"],
        job_id=job_id(CHAIN_ID, CONTRACT["settlement"], PARTY["hub"], "first"),
        attempt=1,
        epoch=EPOCH,
        seq=4,
        from_ms=EPOCH * 20_000 + 1_234,
        to_ms=EPOCH * 20_000 + 19_999,
        gpu_milliseconds=37_530,
        provider_amount=1_000_000_007,
        outcome=1,
        result_digest=keccak(b"result"),
    )


def _iou() -> Iou:
    return Iou(PARTY["hub"], CONTRACT["vault"], EPOCH, PARTY["north"], 9, 2**90 + 1)


def _request() -> Request:
    return Request("POST", "/v1/heartbeats?x=1", 1_777_777_777_777, keccak(b"body"))


def _signed(message: Line | Order | Receipt | Iou | Request, domain: Domain, signer: str) -> dict[str, Any]:
    digest = message.digest(domain)
    signature = sign(digest, KEYS[signer])
    return {
        **_fields(message),
        "digest": _plain(digest),
        "signer": PARTY[signer],
        "signature": _plain(signature),
    }


def _domain(domain: Domain) -> dict[str, str]:
    return {
        "name": domain.name,
        "version": domain.version,
        "chainId": str(domain.chain_id),
        "verifyingContract": domain.verifying_contract,
        "separator": _plain(domain.separator()),
    }


def _tree(tree: MerkleTree) -> dict[str, Any]:
    proofs = [[_plain(node) for node in tree.proof(index)] for index in range(tree.count)]
    return {"count": str(tree.count), "root": _plain(tree.root), "proofs": proofs}


def _job(uid: str) -> dict[str, str]:
    return {"uid": uid, "jobId": _plain(job_id(CHAIN_ID, CONTRACT["settlement"], PARTY["hub"], uid))}


def _split(provider: int, audit: int, royalty_bps: int, fee_bps: int) -> dict[str, str]:
    parts = split(Wei(provider), Wei(audit), Bps(royalty_bps), Bps(fee_bps))
    amounts = {name: str(value) for name, value in asdict(parts).items()}
    return {**amounts, "royaltyBps": str(royalty_bps), "feeBps": str(fee_bps)}


def _fields(message: Any) -> dict[str, str]:
    return {_camel(name): _plain(value) for name, value in asdict(message).items()}


def _plain(value: int | bytes | str | Address) -> str:
    return "0x" + value.hex() if isinstance(value, bytes) else str(value)


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)


def render() -> str:
    """Return the file's text."""
    return json.dumps(build_vectors(), indent=1) + "\n"


if __name__ == "__main__":
    FILE.write_text(render())
