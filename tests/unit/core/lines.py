"""A signed line, its hub and its chain, as tests of credit lines use them."""

from dataclasses import replace
from typing import Any

from hansa_operator.api.credit_line import CreditLine, CreditLineStatus
from hansa_operator.api.hub import Hub
from hansa_operator.core.clock import rfc3339
from hansa_operator.core.credit.line import CreditLineDecision, CreditLineFacts, decide_credit_line
from hansa_operator.core.transactions import Sent
from hansa_operator.ports.chain import ChainStamp, CreditState, TxState, TxView
from hansa_operator.ports.ledger import TransactionRecord
from hansa_protocol.eip712 import Line, credit_lines_domain
from hansa_protocol.identity import ZERO_ADDRESS, parse_address
from hansa_protocol.signing import address_of, sign

NOW = 1_700_000_000_000
EPOCH_SECONDS = 100
EPOCH = NOW // 100_000
UNTIL = EPOCH + 1_000
TOKEN = 10**6
SETTLEMENT, VAULT, LINES, HUB = (parse_address("0x" + digits * 20) for digits in ("a1", "b2", "c3", "d4"))
ELSEWHERE = parse_address("0x" + "ee" * 20)
KEY = b"\x11" * 32
CUSTOMER = address_of(KEY)
LINE = Line(
    customer=CUSTOMER,
    settlement=SETTLEMENT,
    hub=HUB,
    vault=VAULT,
    tenant="team",
    cap_per_epoch=10 * TOKEN,
    expires_at=UNTIL * EPOCH_SECONDS,
    order_signer=ZERO_ADDRESS,
    nonce=3,
    valid_until=NOW // 1000 + 60,
)
DIGEST = LINE.digest(credit_lines_domain(31337, LINES))
SIGNATURE = sign(DIGEST, KEY)
HUB_OBJECT = Hub.model_validate(
    {
        "metadata": {"name": "main"},
        "spec": {
            "chainID": 31337,
            "address": HUB.lower(),
            "contracts": {
                "settlement": SETTLEMENT.lower(),
                "creditLines": LINES,
                "providers": ELSEWHERE,
                "services": ELSEWHERE,
            },
            "vaults": [{"address": VAULT, "token": ELSEWHERE, "symbol": "HUSD", "decimals": 6}],
            "rpcSecretRef": {"name": "rpc"},
            "signerRef": {"name": "signer"},
        },
    }
)
NOT_OPENED = CreditState(
    stamp=ChainStamp(900, NOW // 1000),
    cap=0,
    until_epoch=0,
    next_cap=0,
    next_from_epoch=0,
    next_nonce=3,
    balance=25 * TOKEN,
    pending_withdrawal=0,
    reserved_elsewhere=0,
)
IN_FORCE = replace(NOT_OPENED, cap=10 * TOKEN, until_epoch=UNTIL, next_nonce=4)
RECORD = TransactionRecord("line-1", 0, "open", "0xfeed", nonce=7, sent_ms=NOW, attempts=1)


def credit_line(
    status: CreditLineStatus | None = None, *, namespace: str = "team", paused: bool = False, **signed: Any
) -> CreditLine:
    authorization = {
        "customer": CUSTOMER.lower(),
        "settlement": SETTLEMENT,
        "vault": VAULT.lower(),
        "capPerEpoch": "10.0",
        "expiresAt": LINE.expires_at,
        "tenant": "team",
        "nonce": 3,
        "validUntil": LINE.valid_until,
        "signature": "0x" + SIGNATURE.hex(),
        **signed,
    }
    metadata = {"name": "line", "namespace": namespace, "generation": 1, "creationTimestamp": rfc3339(NOW)}
    spec = {"hubRef": {"name": "main"}, "authorization": authorization, "paused": paused}
    made = CreditLine.model_validate({"metadata": metadata, "spec": spec})
    return made.model_copy(update={"status": status})


BASE = CreditLineFacts(
    line=credit_line(), hub=HUB_OBJECT, now_ms=NOW, epoch=EPOCH, epoch_seconds=EPOCH_SECONDS, state=NOT_OPENED
)


def decide(**changes: object) -> CreditLineDecision:
    return decide_credit_line(replace(BASE, **changes))  # type: ignore[arg-type]


def after(decision: CreditLineDecision, **changes: object) -> CreditLineDecision:
    return decide(line=credit_line(decision.status), **changes)


def sent(state: TxState | None, *, ago_ms: int = 0) -> Sent:
    view = None if state is None else TxView(state, message="LineNotSet: the nonce is not the next one")
    return Sent(replace(RECORD, sent_ms=NOW - ago_ms), view)


def stalled(reason: str) -> dict[str, str]:
    return {"Ready": f"False/{reason}", "Stalled": f"True/{reason}"}
