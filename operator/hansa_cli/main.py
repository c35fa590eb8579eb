"""The `hansa` command line: arguments and help; the work is in hansa_cli.commands."""

import signal
import sys
from importlib.metadata import version
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from hansa_cli.chain_app import chain_app
from hansa_cli.listing import Format
from hansa_cli.order_app import order_app
from hansa_cli.problem import ExitCode, Interrupted, Problem, explain_machine
from hansa_cli.screen import ERR, show_problem
from hansa_cli.verify_app import VERIFY_EXIT_CODES, verify

EXIT_CODES = (
    "Exit codes: 0 done, 1 failed or not as it should be, 2 wrong arguments, 3 cluster, chain or gateway unreachable, "
    "4 not found, 5 refused, 130 interrupted."
)
app = typer.Typer(
    name="hansa",
    help="AI compute from many independent providers, metered and paid on chain.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Namespace = Annotated[str | None, typer.Option("--namespace", "-n", help="Namespace; the kubeconfig's by default.")]
Everywhere = Annotated[bool, typer.Option("--all-namespaces", "-A", help="All namespaces.")]
Output = Annotated[Format, typer.Option("--output", "-o", help="How to print.")]
File = Annotated[str, typer.Option("--filename", "-f", help="A manifest (YAML or JSON), or - for standard input.")]
HomeOption = Annotated[
    Path | None, typer.Option("--home", help="The sandbox's directory; $HANSA_HOME or ./.hansa by default.")
]


DemoHome = Annotated[
    Path | None, typer.Option("--home", help="An empty directory to play in; a temporary one by default.")
]


@app.command()
def up(home: HomeOption = None) -> None:
    """Start a development environment here: Kubernetes API, chain, contracts, operator, two providers."""
    from hansa_cli.commands.up import start_sandbox

    start_sandbox(home)


@app.command()
def down(home: HomeOption = None) -> None:
    """Stop the development environment and remove its directory."""
    from hansa_cli.commands.down import stop_sandbox

    stop_sandbox(home)


@app.command()
def demo(
    home: DemoHome = None,
    keep: Annotated[bool, typer.Option("--keep", help="Leave the environment running at the end.")] = False,
) -> None:
    """Run six real jobs to their settlement, and check every balance to the wei."""
    from hansa_cli.commands.demo import run_demo

    run_demo(home, keep=keep)


@app.command()
def submit(
    filename: File,
    namespace: Namespace = None,
    wait: Annotated[bool, typer.Option("--wait", help="Wait for the jobs' end.")] = False,
    timeout_seconds: Annotated[int, typer.Option("--timeout", min=1, help="Longest wait, in seconds.")] = 3600,
) -> None:
    """Apply manifests, and tell what each job will cost or why it is refused."""
    from hansa_cli.commands.submit import submit as run

    run(filename, namespace=namespace, wait=wait, timeout_seconds=timeout_seconds)


@app.command()
def get(
    names: Annotated[list[str] | None, typer.Argument(metavar="[AIJOB]...", help="Jobs; all by default.")] = None,
    namespace: Namespace = None,
    everywhere: Everywhere = False,
    output: Output = Format.TABLE,
) -> None:
    """Show jobs: phase, provider, attempts, GPU-seconds, cost, what is settled, and why."""
    from hansa_cli.commands.get import get_jobs

    get_jobs(names or [], namespace=namespace, everywhere=everywhere, form=output)


@app.command()
def logs(
    name: Annotated[str, typer.Argument(metavar="AIJOB")],
    namespace: Namespace = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until the job ends.")] = False,
    attempt: Annotated[int | None, typer.Option("--attempt", min=0, help="Another attempt than the latest.")] = None,
) -> None:
    """Show what a job printed."""
    from hansa_cli.commands.logs import show_logs

    show_logs(name, namespace=namespace, follow=follow, attempt=attempt)


@app.command()
def quote(filename: File, namespace: Namespace = None, output: Output = Format.TABLE) -> None:
    """Show what a job would cost at most on each provider, without applying it."""
    from hansa_cli.commands.quote import show_quotes

    show_quotes(filename, namespace=namespace, form=output)


@app.command()
def balance(
    rpc_url: Annotated[
        str | None, typer.Option("--rpc-url", envvar="HANSA_RPC_URL", help="A node of the chain.")
    ] = None,
    output: Output = Format.TABLE,
) -> None:
    """Show who has how much on chain: wallets, vault balances, escrow and bonds."""
    from hansa_cli.commands.balance import show_balances

    show_balances(rpc_url, form=output)


@app.command()
def pool(
    names: Annotated[list[str] | None, typer.Argument(metavar="[POOL]...", help="Pools; all by default.")] = None,
    output: Output = Format.TABLE,
) -> None:
    """Show pools and their providers: prices, reachability, clusters, and workers as READY/WANTED."""
    from hansa_cli.commands.pool import show_pools

    show_pools(names or [], form=output)


app.command(epilog=VERIFY_EXIT_CODES)(verify)
app.add_typer(order_app)
app.add_typer(chain_app)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"hansa {version('hansa')}")
        raise typer.Exit


@app.callback()
def root(
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """AI compute from many independent providers, metered and paid on chain."""


def main() -> None:
    """Run the command line."""
    unwind_when_interrupted()
    try:
        app(standalone_mode=True)
    except Problem as problem:
        show_problem(problem)
        sys.exit(problem.code)
    except Interrupted:
        ERR.print("interrupted")
        sys.exit(ExitCode.INTERRUPTED)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(ExitCode.OK)
    except OSError as refused:
        known = explain_machine(refused)
        if known is None:
            raise
        show_problem(known)
        sys.exit(known.code)


def unwind_when_interrupted() -> None:
    """Have Ctrl-C, SIGTERM and SIGHUP raise Interrupted from now on, in the main thread."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)


def _interrupt(number: int, frame: FrameType | None) -> None:
    """Unwind, so that what was started is stopped; typer would turn KeyboardInterrupt into exit code 1."""
    raise Interrupted


if __name__ == "__main__":
    main()
