"""A chain that settles one epoch by the contract's rules, and can drop, revert and take back."""

from dataclasses import dataclass, field, replace

from hansa_operator.core.settlement.life import Post, Write
from hansa_operator.ports.chain import ChainStamp, ChainTimes, PartState, TxState, TxView

TIMES = ChainTimes(20, post_seconds=14, window_seconds=9, sealing_seconds=3, finality_seconds=3, fee_bps=300)
EPOCH = 100
END = (EPOCH + 1) * 20
DEADLINE = END + 14


@dataclass(frozen=True)
class Tx:
    """Name a transaction: its nonce, its try, and what it does."""

    nonce: int
    name: str
    write: Write


@dataclass(frozen=True)
class Block:
    """Hold a block's time, the parts posted (with when) and paid up to it, and its transactions with their success."""

    time: int
    posted: dict[int, int] = field(default_factory=dict)
    paid: frozenset[int] = frozenset()
    txs: dict[Tx, bool] = field(default_factory=dict)


@dataclass
class Node:
    """Keep a chain that is final two blocks behind its newest, under the contract's rules."""

    blocks: list[Block]
    pool: dict[int, Tx] = field(default_factory=dict)
    final: int = 0
    names: int = 0

    def mine(self, seconds: int, *, full: bool = False) -> None:
        """Add a block some seconds after the newest; a full one has no room for what waits."""
        waiting = {} if full else self.pool
        head = Block(self.blocks[-1].time + seconds, dict(self.blocks[-1].posted), self.blocks[-1].paid)
        for tx in sorted(waiting.values(), key=lambda one: one.nonce):
            allowed = allows(head, tx.write)
            head.txs[tx] = allowed
            if allowed and isinstance(tx.write, Post):
                head.posted[tx.write.part] = head.time
            elif allowed:
                head = replace(head, paid=head.paid | {tx.write.part})
        waiting.clear()
        self.blocks.append(head)
        self.final = max(self.final, len(self.blocks) - 3)

    def take_back(self, *, forget: bool) -> None:
        """Remove the blocks that are not final; their transactions wait again, unless the node forgets them."""
        while len(self.blocks) - 1 > self.final:
            for tx in self.blocks.pop().txs:
                if not forget:
                    self.pool[tx.nonce] = tx

    def send(self, write: Write) -> Tx | None:
        """Take a transaction unless the newest block would not allow it; in place of a used nonce it gets a new one."""
        if not allows(self.blocks[-1], write):
            return None
        used = {tx.nonce for block in self.blocks for tx in block.txs}
        fresh = max([-1, *used, *self.pool]) + 1
        nonce = fresh if write.replaces is None or write.replaces in used else write.replaces
        self.names += 1
        self.pool[nonce] = Tx(nonce, f"0x{self.names:x}", write)
        return self.pool[nonce]

    def view(self, name: str) -> TxView:
        for number, block in enumerate(self.blocks):
            for tx, succeeded in block.txs.items():
                if tx.name == name:
                    state = TxState.FINALIZED if number <= self.final else TxState.MINED
                    return TxView(state if succeeded else TxState.REVERTED, number)
        return TxView(TxState.PENDING if any(tx.name == name for tx in self.pool.values()) else TxState.UNKNOWN)

    def state(self, part: int) -> PartState:
        newest, final = self.blocks[-1], self.blocks[self.final]
        stamps = ChainStamp(len(self.blocks) - 1, newest.time), ChainStamp(self.final, final.time)
        return PartState(
            *stamps,
            posted_latest=part in newest.posted,
            posted_finalized=part in final.posted,
            posted_at=newest.posted.get(part),
            shortfall=0,
            paid_latest=part in newest.paid,
            paid_finalized=part in final.paid,
        )


def allows(block: Block, write: Write) -> bool:
    if isinstance(write, Post):
        in_time = END <= block.time <= DEADLINE
        return in_time and write.part not in block.posted and (write.part == 0 or write.part - 1 in block.posted)
    posted_at = block.posted.get(write.part)
    return posted_at is not None and block.time > posted_at + TIMES.window_seconds and write.part not in block.paid
