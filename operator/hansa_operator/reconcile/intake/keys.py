"""Receipt keys on chain: what the contracts would not count as a receipt must not count here either."""

from collections.abc import Awaitable, Callable

from hansa_operator.ports.chain import ChainUnreachable, ProviderState
from hansa_operator.ports.intake import IntakeRefused

Read = Callable[[str, str, int], Awaitable[ProviderState]]
"""Read a provider's standing: its address, a vault, an epoch."""
KEPT = 1_000


class ReceiptKeys:
    """Remember what was read: the key of an epoch that has begun changes no more."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._known: dict[tuple[str, int], str] = {}

    async def check(self, provider: str, vault: str, epoch: int, key: str) -> None:
        """Raise IntakeRefused unless receipts of an epoch are signed with this key."""
        try:
            on_chain = await self._of(provider, vault, epoch)
        except ChainUnreachable as away:
            what = f"the chain has to say which key signs in epoch {epoch}: send it again ({away})"
            raise IntakeRefused(503, "ChainUnreachable", what) from away
        if on_chain.lower() != key.lower():
            what = (
                f"on chain {on_chain or 'nobody'} signs for {provider} in epoch {epoch}, and this receipt is of {key}"
            )
            raise IntakeRefused(409, "KeyChanged", f"{what}: end all work before a key changes")

    async def _of(self, provider: str, vault: str, epoch: int) -> str:
        known = self._known.get((provider, epoch))
        if known is None:
            known = (await self._read(provider, vault, epoch)).receipt_key
            self._remember(provider, epoch, known)
        return known

    def _remember(self, provider: str, epoch: int, key: str) -> None:
        # Who is not registered yet can be a moment later.
        if key:
            self._known[provider, epoch] = key
        if len(self._known) > KEPT:
            del self._known[next(iter(self._known))]
