"""EIP-1559 fees: what to offer now, and how much more to replace what was offered before."""

from dataclasses import dataclass

from hansa_chain.errors import FeesAboveCeiling, NodeRefused
from hansa_chain.rpc import Chain

_GWEI = 10**9


@dataclass(frozen=True, slots=True)
class Fees:
    """Hold the most per gas, and the tip within it, in wei of the chain's own coin."""

    max_fee: int
    tip: int

    def raised_over(self, other: "Fees") -> "Fees":
        """Return fees that nodes accept as a replacement of `other`: each at least an eighth higher."""
        return Fees(max(self.max_fee, _eighth_up(other.max_fee)), max(self.tip, _eighth_up(other.tip)))

    def checked(self, ceiling: int | None) -> "Fees":
        """Return these fees; raises FeesAboveCeiling when they are more than `ceiling` per gas."""
        if ceiling is not None and self.max_fee > ceiling:
            raise FeesAboveCeiling(
                f"the chain asks for {self.max_fee} wei per gas, the ceiling is {ceiling}: wait, or raise the ceiling"
            )
        return self


def fetch_fees(chain: Chain) -> Fees:
    """Return fees that survive six full blocks: twice the newest base fee and the node's idea of a tip."""
    base = int(chain.request("eth_getBlockByNumber", "latest", False).get("baseFeePerGas", "0x0"), 16)
    try:
        tip = int(chain.request("eth_maxPriorityFeePerGas"), 16)
    except NodeRefused:
        tip = _GWEI
    return Fees(2 * base + tip, tip)


def _eighth_up(value: int) -> int:
    return value + value // 8 + 1
