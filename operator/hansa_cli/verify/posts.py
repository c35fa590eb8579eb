"""What `hansa verify` prints of an epoch that it has no file of: what was posted, and what backs it."""

from collections.abc import Iterator
from itertools import zip_longest

from hansa_chain.hub_bonds import HubBond
from hansa_chain.settlement import PostedPart
from hansa_cli.listing import Listing
from hansa_cli.verify.bill import Bill
from hansa_cli.verify.facts import Facts
from hansa_operator.core.clock import rfc3339
from hansa_protocol.batch import Batch

HEADINGS = ("PART", "POSTED", "SLICES", "REVEALED", "CHARGED", "TAKEN", "CREDITED", "STATE")


def list_posts(batch: Batch, facts: Facts) -> Listing:
    """Return the headers of an epoch's parts as a table."""
    rows = tuple(_row(index, posted, facts) for index, posted in enumerate(facts.posted) if posted is not None)
    return Listing(f"Posts of epoch {batch.epoch}, in {facts.coin.symbol}", HEADINGS, rows, frozenset(HEADINGS[2:7]))


def _row(index: int, posted: PostedPart, facts: Facts) -> tuple[str, ...]:
    header = posted.header
    state = "void" if any(facts.void[index : index + 1]) else "paid" if facts.paid[index] else "posted"
    amounts = map(facts.coin.number, (header.debits, header.taken, header.credits))
    revealed = len(facts.reveals(index).leaves)
    at = rfc3339(header.posted_at * 1000)
    return (str(index), at, str(header.leaf_count), str(revealed), *amounts, state)


def tell_cover(facts: Facts, bond: HubBond, settle_seconds: int) -> Iterator[str]:
    """Yield what stands behind an epoch's posts, and until when."""
    total, covering = map(facts.coin.text, (bond.total, bond.covering))
    yield f"The hub's bond is {total}, of which {covering} cover posts."
    ends = [posted.header.posted_at + settle_seconds for posted in facts.posted if posted is not None]
    if ends:
        yield f"Of this epoch until {rfc3339(max(ends) * 1000)}, and as long as a case of it is open."


def tell_rows(bill: Bill, facts: Facts) -> Iterator[str]:
    """Yield what an account's rows say, and who can have them explained."""
    charged, taken, credited, due = map(bill.coin.text, (bill.charged, bill.taken, bill.credited, bill.due))
    yield f"{bill.account} is charged {charged}, of which {taken} was taken."
    known = all(
        rows.credits is not None if rows else not there for rows, there in zip_longest(facts.rows, facts.posted)
    )
    standing = "" if bill.due == bill.credited else f", {due} of it paid or in parts that are not void"
    yield f"It is credited {credited}{standing}." if known else "What it is credited cannot be read."
    if bill.credited:
        yield "Only customers can demand slices; whoever is credited less than an IOU says claims with --ious FILE."
