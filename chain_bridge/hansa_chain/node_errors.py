"""What a node's error means: nodes agree on the texts more than on the codes."""

import re
from typing import Any

from hansa_chain.errors import BlockUnknown, ChainProblem, InsufficientGasMoney, NodeRefused
from hansa_chain.reverts import reverted

_NO_SUCH_BLOCK = ("unknown block", "header not found", "block not found", "resource not found", "not canonical")
_REVERT_DATA = re.compile(r"0x((?:[0-9a-fA-F]{2}){4,})")


def explain(method: str, error: Any) -> ChainProblem:
    """Return the exception that the `error` of a JSON-RPC answer stands for."""
    message = str(error.get("message", error)) if isinstance(error, dict) else str(error)
    lower = message.lower()
    data = _revert_data(error)
    if data or "revert" in lower:
        return reverted(data, message)
    if "insufficient funds" in lower:
        return InsufficientGasMoney(method, f"{message}. Send gas money to the sender's address.")
    if any(text in lower for text in _NO_SUCH_BLOCK):
        return BlockUnknown(f"the node does not have the block that {method} names ({message}): read a newer one")
    return NodeRefused(method, message)


def _revert_data(error: Any) -> bytes:
    """Return what the contract reverted with; some nodes wrap it into a text, some into an object."""
    data = error.get("data") if isinstance(error, dict) else None
    if isinstance(data, dict):
        data = data.get("data") or data.get("result")
    found = _REVERT_DATA.search(data) if isinstance(data, str) else None
    return bytes.fromhex(found[1]) if found else b""
