"""The claims of a batch: true of an honest one, and each false where a hub cheats."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from hansa_chain.posted_rows import PostedRows
from hansa_chain.revealed import Revealed
from hansa_chain.services import Service
from hansa_chain.settlement import PostedPart
from hansa_cli.coin import Coin
from hansa_cli.verify.claims import batch_checks
from hansa_cli.verify.facts import Facts
from hansa_protocol.batch import Batch, build_batch
from hansa_protocol.eip712 import Receipt, settlement_domain
from hansa_protocol.evidence import SignedReceipt
from hansa_protocol.header import Header
from hansa_protocol.identity import Address
from hansa_protocol.leaf import Leaf, leaf_split
from hansa_protocol.parts import Part
from hansa_protocol.rows import credit_tree, debit_tree
from hansa_protocol.signing import address_of, sign

CUSTOMER, PROVIDER, PAYOUT, TREASURY, HUB, VAULT, SETTLEMENT = (Address("0x" + digit * 40) for digit in "1234567")
DOMAIN = settlement_domain(31_337, SETTLEMENT)
KEY, OTHER_KEY = b"\1" * 32, b"\2" * 32
EPOCH, EPOCH_SECONDS, FEE_BPS, ROYALTY_BPS, SERVICE = 7, 20, 300, 500, 1
DIGEST = b"f" * 32
COIN = Coin(Address("0x" + "8" * 40), "T", 3)


def receipt_of(job: int, **changes: Any) -> SignedReceipt:
    start, amount = 140_000, 10_000
    result = b"r" * 32
    receipt = Receipt(
        HUB, VAULT, CUSTOMER, job.to_bytes(32, "big"), 0, EPOCH, 3, start, start + 5_000, 5_000, amount, 0, result
    )
    receipt = replace(receipt, **changes)
    return SignedReceipt(receipt, sign(receipt.digest(DOMAIN), KEY))


def leaf_of(signed: SignedReceipt, **changes: Any) -> Leaf:
    receipt = signed.receipt
    leaf = Leaf(
        epoch=EPOCH,
        job_id=receipt.job_id,
        seq=0,
        attempt=receipt.attempt,
        from_ms=receipt.from_ms,
        to_ms=receipt.to_ms,
        cumulative=0,
        customer=receipt.customer,
        provider=PROVIDER,
        service=SERVICE,
        provider_amount=receipt.provider_amount,
        audit_amount=0,
        result_digest=receipt.result_digest,
        receipt_digest=receipt.digest(DOMAIN),
    )
    leaf = replace(leaf, **changes)
    return replace(leaf, cumulative=leaf_split(leaf, ROYALTY_BPS, FEE_BPS).debit)


def batch_of(*leaves: Leaf, receipts: tuple[SignedReceipt, ...], fee_bps: int = FEE_BPS) -> Batch:
    about: dict[str, Any] = {"chain_id": 31_337, "settlement": SETTLEMENT, "hub": HUB, "vault": VAULT, "epoch": EPOCH}
    return build_batch(leaves, {SERVICE: (PAYOUT, ROYALTY_BPS)}, fee_bps, receipts=receipts, **about)


def posted(part: Part, **changes: Any) -> PostedPart:
    debits = debit_tree(part.debits, [row.amount for row in part.debits])
    fields = dict.fromkeys(Header.__dataclass_fields__, 0)
    known = {
        "jobs_root": part.jobs_root,
        "leaf_count": len(part.leaves),
        "file_digest": DIGEST,
        "debit_root": debits.root,
        "credit_root": credit_tree(part.credits).root,
        "debits": part.debit_total,
        "credits": part.credit_total,
        "taken": part.debit_total,
    }
    return PostedPart(Header(**{**fields, **known, **changes}), 1, "0xab")


SIGNED = (receipt_of(1), receipt_of(2))
BATCH = batch_of(*map(leaf_of, SIGNED), receipts=SIGNED)
FACTS = Facts(
    posted=(posted(BATCH.parts[0]),),
    taken=({row.account: row.amount for row in BATCH.parts[0].debits},),
    paid=(True,),
    fee_bps=FEE_BPS,
    epoch_seconds=EPOCH_SECONDS,
    treasury=TREASURY,
    services={SERVICE: Service(SERVICE, PAYOUT, PAYOUT, ROYALTY_BPS, 0, b"c" * 32, "n", "1")},
    receipt_keys={(PROVIDER, EPOCH): address_of(KEY)},
    now=101,
    deadline=100,
    coin=COIN,
)


def facts_of(batch: Batch) -> Facts:
    (part,) = batch.parts
    return replace(FACTS, posted=(posted(part),), taken=({row.account: row.amount for row in part.debits},))


POSTED, SAME, RATES, SIGNATURES, TIMES = (
    "b part 0 is posted in time",
    "b part 0 on chain is what its file says",
    "b charges the rates on chain",
    "b's slices are signed by their providers",
    "b charges no time twice",
)


def false_claims(batch: Batch, facts: Facts) -> list[str]:
    return [check.claim for check in batch_checks(batch, DIGEST, facts, name="b") if not check.true]


def test_an_honest_batch_makes_every_claim_true() -> None:
    checks = list(batch_checks(BATCH, DIGEST, FACTS, name="b"))
    assert [check.claim for check in checks] == [POSTED, SAME, RATES, SIGNATURES, TIMES]
    assert false_claims(BATCH, FACTS) == []


FORGERIES: dict[str, tuple[Callable[[], Facts], list[str]]] = {
    "nothing is posted": (lambda: replace(FACTS, posted=(None,)), [POSTED]),
    "a void part": (lambda: replace(FACTS, void=(True,)), ["b part 0 stands"]),
    "rows that cannot be read": (lambda: replace(FACTS, rows=(None,)), ["b part 0: its rows can be read"]),
    "credits that cannot be read": (
        lambda: replace(FACTS, rows=(PostedRows((), (), None),)),
        ["b part 0: its credits can be read"],
    ),
    "revealed slices that cannot be read": (
        lambda: replace(FACTS, revealed=(Revealed({}, ("0xab",)),)),
        ["b part 0: its revealed slices can be read"],
    ),
    "another file": (lambda: replace(FACTS, posted=(posted(BATCH.parts[0], file_digest=b"g" * 32),)), [SAME]),
    "other slices": (lambda: replace(FACTS, posted=(posted(BATCH.parts[0], jobs_root=b"g" * 32),)), [SAME]),
    "other debits": (lambda: replace(FACTS, posted=(posted(BATCH.parts[0], debits=1),)), [SAME]),
    "less taken than the header says": (lambda: replace(FACTS, taken=({},)), [SAME]),
    "a higher fee": (lambda: replace(FACTS, fee_bps=FEE_BPS - 1), [RATES]),
    "an unpublished service": (lambda: replace(FACTS, services={SERVICE: None}), [RATES]),
    "another key": (lambda: replace(FACTS, receipt_keys={(PROVIDER, EPOCH): address_of(OTHER_KEY)}), [SIGNATURES]),
    "a provider without a key": (lambda: replace(FACTS, receipt_keys={}), [SIGNATURES]),
}


@pytest.mark.parametrize(("facts", "false"), FORGERIES.values(), ids=FORGERIES)
def test_what_the_chain_says_otherwise_is_found(facts: Callable[[], Facts], false: list[str]) -> None:
    assert false_claims(BATCH, facts()) == false


def test_what_is_not_posted_or_not_paid_yet_is_no_fault() -> None:
    assert false_claims(BATCH, replace(FACTS, posted=(None,), now=100)) == []
    assert false_claims(BATCH, replace(FACTS, paid=(False,))) == []


INVENTIONS: dict[str, dict[str, Any]] = {
    "more money": {"provider_amount": 10_001},
    "more time": {"to_ms": 145_001},
    "earlier time": {"from_ms": 139_999},
    "another attempt": {"attempt": 1},
    "another result": {"result_digest": b"q" * 32},
    "another customer": {"customer": PAYOUT},
    "another provider": {"provider": PAYOUT},
    "no receipt at all": {"receipt_digest": b"q" * 32},
}


@pytest.mark.parametrize("changes", INVENTIONS.values(), ids=INVENTIONS)
def test_a_slice_that_its_receipt_does_not_bear_out_is_found(changes: dict[str, Any]) -> None:
    batch = batch_of(leaf_of(SIGNED[0], **changes), receipts=SIGNED)
    assert false_claims(batch, facts_of(batch)) == [SIGNATURES]


def test_a_receipt_for_time_after_its_epoch_bears_nothing_out() -> None:
    receipt = receipt_of(1, epoch=EPOCH - 1)
    batch = batch_of(leaf_of(receipt), receipts=(receipt,))
    keys = {(PROVIDER, EPOCH - 1): address_of(KEY)}
    assert false_claims(batch, replace(facts_of(batch), receipt_keys=keys)) == [SIGNATURES]
    shorter = replace(facts_of(batch), receipt_keys=keys, epoch_seconds=21)
    assert false_claims(batch, shorter) == []


def test_time_that_is_charged_twice_is_found() -> None:
    again = receipt_of(1, seq=4, provider_amount=20_000, gpu_milliseconds=5_000)
    first = leaf_of(SIGNED[0])
    second = replace(leaf_of(again, seq=1), cumulative=first.cumulative + leaf_of(again).cumulative)
    batch = batch_of(first, second, receipts=(SIGNED[0], again))
    assert false_claims(batch, facts_of(batch)) == [TIMES]
