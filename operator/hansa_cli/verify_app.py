"""The `hansa verify` command line: arguments and help; the work is in hansa_cli.commands.verify."""

from pathlib import Path
from typing import Annotated

import typer

VERIFY_EXIT_CODES = (
    "Exit codes: 0 all is right, 1 something is wrong, 2 wrong arguments, 3 the chain is unreachable, 5 it refuses."
)


def verify(
    *,
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="BATCH-FILE", help="Batch files of one settlement; none where the hub shows none."),
    ] = None,
    rpc_url: Annotated[str, typer.Option("--rpc", "--rpc-url", envvar="HANSA_RPC_URL", help="A node of the chain.")],
    account: Annotated[
        str | None, typer.Option("--account", help="Show this customer's, provider's or publisher's bill.")
    ] = None,
    manifest: Annotated[
        Path | None, typer.Option("--manifest", "-m", help="The deployment's manifest: where challenges go.")
    ] = None,
    hub: Annotated[
        str | None, typer.Option("--hub", help="Without a file: the hub whose posts are read from the chain.")
    ] = None,
    epochs: Annotated[
        list[int] | None,
        typer.Option(
            "--epoch",
            metavar="N",
            min=0,
            help="Without a file: the epoch; several are given one by one.",
        ),
    ] = None,
    services: Annotated[
        str | None, typer.Option("--services", help="Without a manifest: contract where services are published.")
    ] = None,
    ious: Annotated[
        Path | None, typer.Option("--ious", help="Answer of the gateway's /v1/ious: what no row pays is claimed.")
    ] = None,
    orders: Annotated[
        Path | None,
        typer.Option("--orders", help="What `hansa order sign` printed, or none: nothing else was ordered."),
    ] = None,
    dispute: Annotated[
        list[str] | None, typer.Option("--dispute", help="Id of a job of the account that is not worth its price.")
    ] = None,
    concede: Annotated[
        list[str] | None,
        typer.Option("--concede", help="Id of a disputed job whose credit its provider gives back, or its hub pays."),
    ] = None,
    send: Annotated[bool, typer.Option("--send", help="Challenge what is wrong, with the key of --key-file.")] = False,
    key_file: Annotated[
        Path | None, typer.Option("--key-file", help="The sender's private key, in a file for its owner's eyes only.")
    ] = None,
) -> None:
    """Check a hub's batches against the chain, trusting neither hub nor cluster, and challenge what is wrong.

    A hub that shows no file, or another than it posted with, is read from the chain: --hub, --epoch, --manifest.
    """
    from hansa_cli.commands.verify import verify_batches
    from hansa_cli.verify.request import Request

    if send != (key_file is not None):
        raise typer.BadParameter("--send and --key-file go together")
    verify_batches(
        Request(
            files or (),
            rpc_url,
            account=account,
            services=services,
            manifest=manifest,
            ious=ious,
            orders=orders,
            doubted=dispute or (),
            conceded=concede or (),
            key_file=key_file,
            hub=hub,
            epochs=epochs or (),
        )
    )
