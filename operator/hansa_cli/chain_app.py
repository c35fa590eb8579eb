"""The `hansa chain` command line: arguments and help; the work is in hansa_cli.commands."""

from pathlib import Path
from typing import Annotated

import typer

from hansa_cli.listing import Format

chain_app = typer.Typer(name="chain", help="Deploy and audit the contracts, without a cluster.", no_args_is_help=True)

Output = Annotated[Format, typer.Option("--output", "-o", help="How to print.")]


@chain_app.command()
def audit(
    *,
    manifest: Annotated[
        Path | None, typer.Option("--manifest", "-m", help="A deployment's manifest; the sandbox's by default.")
    ] = None,
    contracts: Annotated[
        list[str] | None, typer.Option("--contract", help="NAME=ADDRESS instead of a manifest; Vault several times.")
    ] = None,
    chain_id: Annotated[int | None, typer.Option("--chain-id", help="With --contract: the chain.")] = None,
    from_block: Annotated[int | None, typer.Option("--from-block", help="With --contract: the first block.")] = None,
    rpc_url: Annotated[str | None, typer.Option("--rpc-url", help="A node; $HANSA_RPC_URL by default.")] = None,
    only_differences: Annotated[bool, typer.Option("--only-differences", help="Leave out what agrees.")] = False,
    output: Output = Format.TABLE,
) -> None:
    """Rebuild every balance, bond, line and batch from events alone, and compare with the contracts."""
    from hansa_cli.commands.audit import audit_chain, from_addresses, from_manifest

    subject = from_addresses(contracts, chain_id, from_block) if contracts else from_manifest(manifest)
    audit_chain(subject, rpc_url, only_differences=only_differences, form=output)


@chain_app.command()
def deploy(
    *,
    profile: Annotated[str, typer.Option("--profile", help="Times and rates: development, l1 or l2.")],
    chain_id: Annotated[int, typer.Option("--chain-id", help="The chain that is meant; another one is refused.")],
    rpc_url: Annotated[str, typer.Option("--rpc", "--rpc-url", envvar="HANSA_RPC_URL", help="A node of the chain.")],
    token: Annotated[str, typer.Option("--token", help="The ERC-20 that is paid with; plain ones only.")],
    treasury: Annotated[str, typer.Option("--treasury", help="Account of the protocol's fee.")],
    manifest: Annotated[Path, typer.Option("--manifest", "-m", help="Where to write what is where, with code hashes.")],
    key_file: Annotated[
        Path | None, typer.Option("--key-file", help="The deployer's private key; $HANSA_DEPLOYER_KEY by default.")
    ] = None,
) -> None:
    """Put the contracts on a chain, at addresses that follow from deployer, profile, token, treasury and code."""
    from hansa_cli.commands.deploy import Terms, deploy_contracts

    deploy_contracts(Terms(profile, token, treasury), rpc_url, chain_id=chain_id, manifest=manifest, key_file=key_file)
