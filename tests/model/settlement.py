"""The settlement: posts of batches, part by part."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from hansa_chain.settlement import PostArgs
from hansa_protocol.header import Header
from hansa_protocol.identity import ZERO_ADDRESS, Address, address_bytes
from hansa_protocol.rows import Row, credit_tree, debit_tree
from hansa_protocol.units import UINT96_MAX
from tests.model.escrow import Escrow, PartState
from tests.model.storage import Refused, Table, require
from tests.model.terms import MOST_ROWS, Ground, share_up
from tests.model.vault import Vault

PARAMS_VERSION = 1


@dataclass(frozen=True, slots=True)
class Progress:
    """Tell where a batch of several parts stands."""

    last_debit: Address = ZERO_ADDRESS
    epoch: int = 0
    posted: int = 0
    parts: int = 0


@dataclass(frozen=True, slots=True)
class Together:
    """Hold one of several calls that are made at once."""

    function: str
    arguments: tuple[Any, ...]


class Settlement(Escrow):
    """Take posts; the rest is escrow and bonds."""

    def __init__(self, ground: Ground, address: Address, vaults: dict[Address, Vault]) -> None:
        super().__init__(ground, address, vaults)
        self.progress: Table[tuple[Address, Address], Progress] = Table(ground.journal, Progress())

    def post(self, hub: Address, args: PostArgs, debits: Sequence[Row], payouts: Sequence[Row]) -> Header:
        """Take a part's debits into escrow, put the hub's bond behind them, and keep the header."""
        vault = args.vault
        self._check_time(args.epoch)
        require(args.leaf_count != 0, "NoLeaves")
        require(len(debits) != 0, "NoDebits")
        count = len(debits) + len(payouts)
        require(count <= MOST_ROWS, "TooManyRows", count, MOST_ROWS)
        previous = self._advance(hub, args, debits[-1].account)
        charged = self._sum(debits, vault, previous, self.address)
        paid = self._sum(payouts, vault, ZERO_ADDRESS, self.terms.treasury)
        fee = share_up(paid, self.terms.params.fee_bps)
        require(charged >= paid + fee, "FeeTooLow", charged, paid, fee)
        self.cover_post(hub, vault, args.epoch, share_up(charged, self.terms.params.cover_bps))
        taken = self.vaults[vault].take(self.address, hub, args.epoch, debits)
        self.pay_shortfall(hub, vault, charged - sum(row.amount for row in taken))
        header = self._header(hub, args, debits, payouts, taken)
        self.parts[hub, vault, args.epoch, args.part] = PartState(header)
        return header

    def multicall(self, sender: Address, calls: Sequence[Together | bytes]) -> None:
        """Make calls in their order, all by the same sender; bytes are none."""
        for call in calls:
            if isinstance(call, bytes):
                raise Refused("FailedCall")
            rules: dict[str, Callable[..., object]] = {"post": self.post, "finalize": self.finalize}
            rules[call.function](sender, *call.arguments)

    def last_epoch(self, hub: Address, vault: Address) -> tuple[int, int, int]:
        """Return the last epoch that a hub posted, how many of its parts, and of how many."""
        last, progress = self.bonds[hub, vault].last_epoch, self.progress[hub, vault]
        if last == 0:
            return 0, 0, 0
        return (last, progress.posted, progress.parts) if progress.epoch == last else (last, 1, 1)

    def _check_time(self, epoch: int) -> None:
        end = (epoch + 1) * self.terms.params.epoch
        until = end + self.terms.params.post
        require(self.clock.now >= end, "PostTooEarly", end, self.clock.now)
        require(self.clock.now <= until, "PostTooLate", until, self.clock.now)

    def _advance(self, hub: Address, args: PostArgs, last_debit: Address) -> Address:
        """Move on to a part, and return the account that its debits must be above."""
        place, last_epoch = (hub, args.vault), self.bonds[hub, args.vault].last_epoch
        progress = self.progress[place] if args.part else Progress()
        if args.part == 0:
            require(args.epoch > last_epoch, "EpochNotRising", args.epoch, last_epoch)
            require(args.parts != 0, "WrongParts", 0, 1)
        else:
            require(args.epoch == progress.epoch == last_epoch, "WrongPart", args.part, 0)
            is_next = args.part == progress.posted and args.part < progress.parts
            require(is_next, "WrongPart", args.part, progress.posted)
            require(args.parts == progress.parts, "WrongParts", args.parts, progress.parts)
        self._change(*place, last_epoch=args.epoch)
        if args.parts > 1:
            self.progress[place] = Progress(last_debit, args.epoch, args.part + 1, args.parts)
        return progress.last_debit

    def _sum(self, rows: Sequence[Row], vault: Address, previous: Address, forbidden: Address) -> int:
        """Return the sum of rows that rise, none of them zero or of an account that is no party."""
        for row in rows:
            rising = address_bytes(row.account) > address_bytes(previous)
            require(rising, "RowsNotRising", previous, row.account)
            require(row.amount != 0, "ZeroRow", row.account)
            require(row.account not in (vault, self.address, forbidden), "ForbiddenAccount", row.account)
            previous = row.account
        total = sum(row.amount for row in rows)
        require(total <= UINT96_MAX, "SumTooLarge", total)
        return total

    def _header(
        self, hub: Address, args: PostArgs, debits: Sequence[Row], payouts: Sequence[Row], taken: Sequence[Row]
    ) -> Header:
        return Header(
            hub=hub,
            vault=args.vault,
            epoch=args.epoch,
            part=args.part,
            parts=args.parts,
            jobs_root=args.jobs_root,
            leaf_count=args.leaf_count,
            file_digest=args.file_digest,
            debit_root=debit_tree(debits, [row.amount for row in taken]).root,
            debit_count=len(debits),
            credit_root=credit_tree(payouts).root,
            credit_count=len(payouts),
            debits=sum(row.amount for row in debits),
            taken=sum(row.amount for row in taken),
            credits=sum(row.amount for row in payouts),
            posted_at=self.clock.now,
            posted_block=self.clock.block,
            params_version=PARAMS_VERSION,
            secret_hash=args.secret_hash,
            previous_secret=args.previous_secret,
        )
