"""Who sent a request: the address that signed its method, path, time and body."""

import hashlib
import re
import time

from aiohttp import web

from hansa_operator.adapters.gateway.limits import Limits
from hansa_operator.ports.intake import HubInfo, IntakeRefused
from hansa_protocol.eip712 import Request, settlement_domain
from hansa_protocol.identity import Address, AddressError, parse_address
from hansa_protocol.signing import SignatureError, recover

_TIME = re.compile(r"[0-9]{1,15}")
_SIGNATURE = re.compile(r"0x[0-9a-fA-F]{130}")


def claimed_sender(request: web.Request, limits: Limits) -> Address:
    """Return who a request says it is from; raises IntakeRefused 401 before any of the body is read."""
    sent_at = request.headers.get("Hansa-Time", "")
    if _TIME.fullmatch(sent_at) is None or _SIGNATURE.fullmatch(request.headers.get("Hansa-Signature", "")) is None:
        what = "the request needs the headers Hansa-Address, Hansa-Time (unix ms) and Hansa-Signature (0x, 65 bytes)"
        raise IntakeRefused(401, "Unsigned", what)
    distance = abs(time.time() - int(sent_at) / 1000)
    if distance > limits.clock_seconds:
        what = f"the request's time is {distance:.0f} s off: take serverTimeMs of /v1/hub as the time, then sign again"
        raise IntakeRefused(401, "StaleTime", what)
    try:
        return parse_address(request.headers.get("Hansa-Address", ""))
    except AddressError as broken:
        raise IntakeRefused(401, "Unsigned", f"Hansa-Address: {broken}") from None


def check_sender(request: web.Request, body: bytes, sender: Address, hub: HubInfo) -> None:
    """Raise IntakeRefused 401 unless `sender` signed exactly this request."""
    message = Request(
        method=request.method,
        path=request.raw_path,
        time_ms=int(request.headers["Hansa-Time"]),
        body_digest=hashlib.sha256(body).digest(),
    )
    domain = settlement_domain(hub.chain_id, parse_address(hub.settlement))
    try:
        signer = recover(message.digest(domain), bytes.fromhex(request.headers["Hansa-Signature"][2:]))
    except SignatureError as broken:
        raise IntakeRefused(401, "BadSignature", f"Hansa-Signature: {broken}") from None
    if signer != sender:
        what = "the signature is not by Hansa-Address over this method, path, time and body: sign what is sent"
        raise IntakeRefused(401, "BadSignature", what)
