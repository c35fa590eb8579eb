"""What `hansa verify` prints of guarantees: how much of what a payee has IOUs for it could claim."""

from collections.abc import Iterator, Sequence

from hansa_chain.rpc import Block
from hansa_cli.guarantee_view import tell_guarantee
from hansa_cli.verify.documents import Document
from hansa_cli.verify.findings import Asking


def tell_guarantees(documents: Sequence[Document], asking: Asking, *, at: Block) -> Iterator[str]:
    """Yield what each hub that is looked at guarantees the account that looks, where that has the hub's IOUs."""
    promised = {(iou.hub, iou.vault) for iou, _ in asking.ious if iou.payee == asking.account}
    places = {(one.batch.hub, one.batch.vault): (one.registers.settlement, one.facts.coin) for one in documents}
    for (hub, vault), (settlement, coin) in places.items():
        if asking.account is not None and (hub, vault) in promised:
            given = settlement.guarantee_of(hub, vault, asking.account, at=at)
            yield f"Hub {hub} guarantees {asking.account} {tell_guarantee(given, coin)}."
