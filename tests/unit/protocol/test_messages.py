"""Signed messages have the digests that wallets compute, and belong to one domain."""

from dataclasses import fields, replace
from typing import Any

import pytest
from eth_account import Account
from eth_account.messages import encode_typed_data

from hansa_protocol.eip712 import Domain, Iou, Line, Order, Receipt, Request, credit_lines_domain, settlement_domain
from hansa_protocol.identity import address_from_bytes
from hansa_protocol.signing import SignatureError, address_of, recover, sign
from hansa_protocol.words import OutOfRangeError

KEY = b"\x17" * 32
A, B, C, D = (address_from_bytes(bytes([i]) * 20) for i in (0x1A, 0x2B, 0x3C, 0x4D))
CURVE_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141

LINE = Line(A, B, C, D, "tënant", 2**96 - 1, 5, A, 2**200, 7)
ORDER = Order(A, B, C, 2**64 - 1, b"\x04" * 32, 2**96 - 1, 2**256 - 1, 5)
RECEIPT = Receipt(A, B, C, b"\x01" * 32, 1, 2, 3, 4, 5, 6, 7, 2, b"\x02" * 32)
IOU = Iou(A, B, 2**64 - 1, C, 2**32 - 1, 8)
REQUEST = Request("POST", "/v1/receipts?x=é", 99, b"\x03" * 32)
SETTLEMENT = settlement_domain(31_337, D)


def as_wallets_sign(message: Any, domain: Domain) -> bytes:
    name, _, rest = message.schema.text.partition("(")
    types = [dict(zip(("type", "name"), field.split(), strict=True)) for field in rest[:-1].split(",")]
    values = (getattr(message, field.name) for field in fields(message))
    signable = encode_typed_data(
        {
            "name": domain.name,
            "version": domain.version,
            "chainId": domain.chain_id,
            "verifyingContract": domain.verifying_contract,
        },
        {name: types},
        dict(zip((field["name"] for field in types), values, strict=True)),
    )
    return bytes(Account.sign_message(signable, KEY).signature)


@pytest.mark.parametrize(
    ("message", "domain"),
    [
        (LINE, credit_lines_domain(1, D)),
        (ORDER, SETTLEMENT),
        (RECEIPT, SETTLEMENT),
        (IOU, SETTLEMENT),
        (REQUEST, SETTLEMENT),
    ],
    ids=["line", "order", "receipt", "iou", "request"],
)
def test_a_wallets_signature_is_ours(message: Any, domain: Domain) -> None:
    assert sign(message.digest(domain), KEY) == as_wallets_sign(message, domain)


def test_a_signature_says_who_signed() -> None:
    assert recover(IOU.digest(SETTLEMENT), sign(IOU.digest(SETTLEMENT), KEY)) == address_of(KEY)


def test_a_message_of_another_chain_or_contract_has_another_digest() -> None:
    domains = [SETTLEMENT, settlement_domain(1, D), settlement_domain(31_337, A), credit_lines_domain(31_337, D)]
    assert len({IOU.digest(domain) for domain in domains}) == 4


@pytest.mark.parametrize(
    ("message", "field"), [(message, field.name) for message in (ORDER, RECEIPT) for field in fields(message)]
)
def test_each_field_of_orders_and_receipts_is_signed(message: Any, field: str) -> None:
    value: object = getattr(message, field)
    changes: dict[type, Any] = {int: 250, bytes: b"\x09" * 32, str: D}
    changed = replace(message, **{field: changes[type(value)]})
    assert changed.digest(SETTLEMENT) != message.digest(SETTLEMENT)


def test_a_value_beyond_its_field_is_refused_by_name() -> None:
    with pytest.raises(OutOfRangeError, match=r"cumulative = .* uint96"):
        replace(IOU, cumulative=2**96).digest(SETTLEMENT)
    with pytest.raises(OutOfRangeError, match="jobId has 31 bytes"):
        replace(RECEIPT, job_id=b"\0" * 31).digest(SETTLEMENT)


def flipped(signature: bytes) -> bytes:
    """Return the other signature that the curve accepts for the same digest."""
    s = CURVE_ORDER - int.from_bytes(signature[32:64], "big")
    return signature[:32] + s.to_bytes(32, "big") + bytes([55 - signature[64]])


@pytest.mark.parametrize(
    "spoil", [lambda s: s[:64], lambda s: s + b"\0", lambda s: s[:64] + b"\1", flipped, lambda s: b"\xff" * 64 + s[64:]]
)
def test_a_signature_has_one_valid_form(spoil: Any) -> None:
    digest = IOU.digest(SETTLEMENT)
    with pytest.raises(SignatureError):
        recover(digest, spoil(sign(digest, KEY)))


@pytest.mark.parametrize("key", [b"", b"\0" * 32, b"\xff" * 32, b"\1" * 31])
def test_what_is_no_key_signs_nothing(key: bytes) -> None:
    with pytest.raises(SignatureError, match="private key"):
        address_of(key)


def test_only_digests_are_signed() -> None:
    with pytest.raises(SignatureError, match="32 bytes"):
        sign(b"a text", KEY)
