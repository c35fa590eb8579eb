"""The `hansa order` command line: arguments and help; the work is in hansa_cli.commands.order."""

from pathlib import Path
from typing import Annotated

import typer

from hansa_cli.listing import PlainFormat

order_app = typer.Typer(name="order", help="Sign jobs for credit lines that ask for orders.", no_args_is_help=True)

Files = Annotated[
    list[str],
    typer.Option("--filename", "-f", help="A manifest with an AIJob (YAML or JSON), or - for standard input."),
]
References = Annotated[
    list[str] | None,
    typer.Option("--with", help="A file with what the job refers to: ConfigMap, AIService, CreditLine, Hub."),
]
Namespace = Annotated[str | None, typer.Option("--namespace", "-n", help="Namespace in which the job is to run.")]


Output = Annotated[PlainFormat, typer.Option("--output", "-o", help="How to print.")]


@order_app.command()
def sign(
    *,
    filename: Files,
    references: References = None,
    namespace: Namespace = None,
    key_file: Annotated[
        Path | None, typer.Option("--key-file", help="The order signer's private key; $HANSA_ORDER_KEY by default.")
    ] = None,
    chain_id: Annotated[int | None, typer.Option("--chain-id", min=1, max=2**53, help="Chain id.")] = None,
    settlement: Annotated[str | None, typer.Option("--settlement", help="Settlement contract.")] = None,
    hub: Annotated[str | None, typer.Option("--hub", help="The hub's address.")] = None,
    vault: Annotated[str | None, typer.Option("--vault", help="Vault that is paid from.")] = None,
    decimals: Annotated[int | None, typer.Option("--decimals", min=0, max=18, help="Decimals of its token.")] = None,
    customer: Annotated[str | None, typer.Option("--customer", help="Who pays.")] = None,
    max_amount: Annotated[
        str | None, typer.Option("--max-amount", help="Most that the job may cost, in tokens; its budget by default.")
    ] = None,
    nonce: Annotated[int | None, typer.Option("--nonce", min=0, max=2**53, help="Random by default.")] = None,
    expires_at: Annotated[
        int | None, typer.Option("--expires-at", min=1, max=2**53, help="End of the order, unix seconds.")
    ] = None,
    valid_hours: Annotated[
        int, typer.Option("--valid-hours", min=1, help="Hours until the end, unless --expires-at is given.")
    ] = 168,
    order_only: Annotated[bool, typer.Option("--order-only", help="Print the order without the manifest.")] = False,
    output: Output = PlainFormat.YAML,
) -> None:
    """Print the manifest with its signed order, ready for `kubectl apply -f -`.

    What neither options nor files say of the parties and of what the job refers to is read from the cluster.
    """
    from hansa_cli.commands.order import Sources, sign_orders
    from hansa_cli.orders.parties import Typed
    from hansa_cli.orders.signing import Terms

    sign_orders(
        Sources(filename, references or (), namespace),
        Typed(chain_id, settlement, hub, vault, decimals, customer),
        Terms(max_amount, nonce, expires_at, valid_hours),
        key_file=key_file,
        form=output,
        order_only=order_only,
    )


@order_app.command()
def show(
    *, filename: Files, references: References = None, namespace: Namespace = None, output: Output = PlainFormat.YAML
) -> None:
    """Show what an order signs of each job, with its digest."""
    from hansa_cli.commands.order import Sources, show_orders

    show_orders(Sources(filename, references or (), namespace), form=output)
