"""`hansa balance`: who has how much on chain, and whether the vault holds what it owes."""

from dataclasses import asdict

from hansa_cli.chain_access import open_books, read_sheet
from hansa_cli.cluster.client import Cluster
from hansa_cli.cluster.hansa_kinds import HUBS, read_all
from hansa_cli.listing import Format, print_document, print_listing
from hansa_cli.problem import ExitCode, Problem
from hansa_cli.screen import OUT, busy
from hansa_cli.sheet import Sheet, list_sheet
from hansa_cli.sheet_parties import parties_of


def show_balances(rpc_url: str | None, *, form: Format) -> None:
    """Print the sheet of every vault of every hub; raises Problem when one does not hold what it owes."""
    with busy("reading who has how much"):
        sheets = read_sheets(Cluster.current(), rpc_url)
    if form is not Format.TABLE:
        print_document([plain(sheet) for sheet in sheets], form)
    else:
        for sheet in sheets:
            print_listing(list_sheet(sheet))
            OUT.print(verdict(sheet))
    short = [sheet for sheet in sheets if sheet.held < sheet.owed]
    if short:
        raise Problem("a vault holds less than it owes", "stop admitting work, and tell its deployers")


def read_sheets(cluster: Cluster, rpc_url: str | None) -> list[Sheet]:
    """Return the sheet of every vault of every hub; raises Problem where there is none."""
    hubs = read_all(cluster, HUBS)
    if not hubs:
        remedy = "an admin creates one: see docs/quickstart.md"
        raise Problem("this cluster has no Hub", remedy, code=ExitCode.NOT_FOUND)
    return [read_sheet(books, parties_of(cluster, hub)) for hub in hubs for books in open_books(cluster, hub, rpc_url)]


def verdict(sheet: Sheet) -> str:
    """Return in words how tokens and liabilities compare."""
    held, owed = sheet.text(sheet.held), sheet.text(sheet.owed)
    if sheet.held == sheet.owed:
        return f"the vault holds {held} {sheet.symbol}: exactly the sum of all balances, escrow and bonds"
    return f"the vault holds {held} {sheet.symbol}, those shown sum to {owed}: others have the rest"


def plain(sheet: Sheet) -> dict[str, object]:
    """Return the sheet as plain data, amounts in wei as decimal strings."""
    parties = [asdict(item) for item in (*sheet.holdings, *sheet.custody)]
    for item in parties:
        item.update(wallet=str(item["wallet"]), balance=str(item["balance"]))
    return {
        "block": sheet.block,
        "token": sheet.symbol,
        "decimals": sheet.decimals,
        "held": str(sheet.held),
        "owed": str(sheet.owed),
        "parties": parties,
    }
