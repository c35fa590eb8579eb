"""`hansa up`: a development environment on this machine; started, or mended, or told to be there already."""

import shlex
from pathlib import Path

from rich.markup import escape

from hansa_cli.sandbox.cast import DEMO
from hansa_cli.sandbox.closing import Gate, undisturbed
from hansa_cli.sandbox.environment import Building, bring_up, plan
from hansa_cli.sandbox.home import Home, Record, load_record, save_json
from hansa_cli.sandbox.mend import mend
from hansa_cli.sandbox.teardown import abandon, tear_down
from hansa_cli.screen import OUT, Steps

WARNING = (
    "[bold yellow]Mind:[/] the Local backend runs customers' code as processes of this machine with your own rights. "
    "Run only jobs that you trust."
)


def start_sandbox(given: Path | None) -> None:
    """Bring the sandbox of the chosen home up."""
    home = Home.chosen(given)
    record = ensure_sandbox(home)
    OUT.print()
    OUT.print(WARNING)
    OUT.print()
    _tell(home, record)


def ensure_sandbox(home: Home) -> Record:
    """Return the record of a complete, running sandbox: found, mended or made."""
    record = load_record(home)
    if record is not None and not record.complete:
        with undisturbed():
            tear_down(home)
        record = None
    with Steps() as steps:
        if record is not None:
            mend(home, record, DEMO, steps)
            return record
        return _make(home, steps)


def _make(home: Home, steps: Steps) -> Record:
    """Make a sandbox; whatever goes wrong, and on Ctrl-C, no process of it stays."""
    building = Building(home, plan(home), DEMO, Gate(), steps)
    try:
        record = bring_up(building)
    except BaseException:
        with undisturbed():
            building.gate.close()
            abandon(home, building.record)
        raise
    save_json(home.timings, dict(steps.seconds))
    return record


def _tell(home: Home, record: Record) -> None:
    customers = " and ".join(customer.namespace for customer in DEMO.customers)
    providers = ", ".join(f"{item.name} at {item.unit_price} per GPU-hour" for item in DEMO.providers)
    facts = {
        "Kubernetes API": record.kubeconfig,
        "chain": f"{record.chain_url} (chain {record.chain_id})",
        "gateway": record.gateway_url,
        "customers": f"namespaces {customers}, each with a credit line called credit",
        "providers": providers,
        "product": f"{DEMO.product.name}, royalty {DEMO.product.royalty_bps / 100:g} %",
        "logs": str(home.root / "logs"),
    }
    for name, fact in facts.items():
        OUT.print(f"  {name:<15} {fact}", markup=False)
    OUT.print("\nPoint kubectl here:\n")
    OUT.print(f"export KUBECONFIG={shlex.quote(record.kubeconfig)}", markup=False)
    OUT.print(
        "\nThen: [bold]hansa submit -n lab-riga -f jobs/examples/digits/job.yaml --wait[/], [bold]hansa get -A[/]"
    )
    OUT.print(f"Stop with: [bold]hansa down{_where(home)}[/]")


def _where(home: Home) -> str:
    """Return the option that a later command needs to find this home, "" where it is the one found anyway."""
    return "" if home == Home.chosen() else f" --home {escape(shlex.quote(str(home.root)))}"
