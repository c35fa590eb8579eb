"""The vault of one token: balances, deposits and delayed withdrawals."""

from dataclasses import dataclass

from hansa_chain.contract import Call, ContractAdapter
from hansa_chain.rpc import Block
from hansa_protocol.identity import Address, address_word
from hansa_protocol.rows import Row, unpack_row
from hansa_protocol.units import Wei


@dataclass(frozen=True, slots=True)
class PendingWithdrawal:
    """State what of a balance is asked for, and since when it can be paid (unix seconds); 0 and 0 for nothing."""

    amount: Wei
    available_at: int


class Vault(ContractAdapter):
    """Read and write a vault."""

    CONTRACT = "Vault"

    def token(self, *, at: Block) -> Address:
        """Return the token that it holds."""
        return Address(self._read("token", at=at))

    def withdrawal_delay(self, *, at: Block) -> int:
        """Return the seconds between request and payment."""
        return int(self._read("withdrawalDelay", at=at))

    def balance_of(self, account: Address, *, at: Block) -> Wei:
        """Return an account's balance, requested withdrawals included."""
        return Wei(self._read("balanceOf", account, at=at))

    def pending_withdrawal(self, account: Address, *, at: Block) -> PendingWithdrawal:
        """Return an account's open request."""
        amount, available_at = self._read_all("pendingWithdrawal", account, at=at)
        return PendingWithdrawal(Wei(amount), available_at)

    def custody_of(self, holder: Address, *, at: Block) -> Wei:
        """Return what a contract holds for others: escrow and bonds."""
        return Wei(self._read("custodyOf", holder, at=at))

    def total_held(self, *, at: Block) -> Wei:
        """Return the sum of all balances and custodies: what the vault owes."""
        return Wei(self._read("totalHeld", at=at))

    def debits_of(self, settlement: Address, hub: Address, epoch: int, *, block: int) -> tuple[tuple[Row, ...], ...]:
        """Return what posts in a block took from accounts, a tuple of rows for each post."""
        event = self._abi.events["Debited"]
        topics = (event.topic, address_word(settlement), address_word(hub), epoch.to_bytes(32, "big"))
        logs = self.chain.logs(self.address, topics, first_block=block, last_block=block)
        return tuple(tuple(map(unpack_row, event.decode(log.topics, log.data)["taken"])) for log in logs)

    def deposit(self, to: Address, amount: Wei) -> Call:
        """Deposit the sender's tokens for `to`; the vault must be approved for them."""
        return self._write("deposit", to, amount)

    def deposit_with_permit(self, to: Address, amount: Wei, *, deadline: int, signature: bytes) -> Call:
        """Deposit with an ERC-2612 permit (65 bytes) instead of an approval."""
        r, s, v = signature[:32], signature[32:64], signature[64]
        return self._write("depositWithPermit", to, amount, deadline, v, r, s)

    def request_withdrawal(self, amount: Wei) -> Call:
        """Ask for a withdrawal; the amount stays debitable until it is paid."""
        return self._write("requestWithdrawal", amount)

    def cancel_withdrawal(self) -> Call:
        """Take the request back."""
        return self._write("cancelWithdrawal")

    def withdraw(self, to: Address, amount: Wei) -> Call:
        """Pay a part of a request that has waited long enough to `to`."""
        return self._write("withdraw", to, amount)
