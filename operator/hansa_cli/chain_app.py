"""The `hansa chain` command line: arguments and help; the work is in hansa_cli.commands."""

from pathlib import Path
from typing import Annotated

import typer

from hansa_cli.listing import Format

chain_app = typer.Typer(
    name="chain", help="Deploy, audit and use the contracts, without a cluster.", no_args_is_help=True
)

Output = Annotated[Format, typer.Option("--output", "-o", help="How to print.")]
Manifest = Annotated[
    Path | None, typer.Option("--manifest", "-m", help="A deployment's manifest; the sandbox's by default.")
]
Named = Annotated[
    list[str] | None, typer.Option("--contract", help="NAME=ADDRESS instead of a manifest; Vault several times.")
]
ChainId = Annotated[int | None, typer.Option("--chain-id", help="With --contract: the chain.")]
RpcUrl = Annotated[str | None, typer.Option("--rpc", "--rpc-url", help="A node; $HANSA_RPC_URL by default.")]


@chain_app.command()
def audit(
    *,
    manifest: Manifest = None,
    contracts: Named = None,
    chain_id: ChainId = None,
    from_block: Annotated[int | None, typer.Option("--from-block", help="With --contract: the first block.")] = None,
    rpc_url: RpcUrl = None,
    only_differences: Annotated[bool, typer.Option("--only-differences", help="Leave out what agrees.")] = False,
    output: Output = Format.TABLE,
) -> None:
    """Rebuild every balance, bond, line and batch from events alone, and compare with the contracts."""
    from hansa_cli.chain_subject import from_addresses, from_manifest
    from hansa_cli.commands.audit import audit_chain

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


@chain_app.command()
def guarantee(
    *,
    payee: Annotated[str, typer.Option("--payee", help="Account that works for the hub, or publishes.")],
    amount: Annotated[str | None, typer.Option("--amount", help="Guarantee so many tokens in all.")] = None,
    revoke: Annotated[
        str | None,
        typer.Option("--revoke", help="Ask to have so many tokens back, instead of what was asked before; 0: none."),
    ] = None,
    collect: Annotated[bool, typer.Option("--collect", help="Have back what was asked for, after the delay.")] = False,
    hub: Annotated[str | None, typer.Option("--hub", help="Without --key-file: the hub.")] = None,
    key_file: Annotated[
        Path | None, typer.Option("--key-file", help="The hub's private key, in a file for its owner's eyes only.")
    ] = None,
    manifest: Manifest = None,
    contracts: Named = None,
    chain_id: ChainId = None,
    rpc_url: RpcUrl = None,
) -> None:
    """Set a part of a hub's bond aside for one payee's claims, or have it back; else show what is guaranteed."""
    from hansa_cli.chain_subject import from_addresses, from_manifest
    from hansa_cli.commands.guarantee import Parties, Wish, guarantee_payee

    subject = from_addresses(contracts, chain_id, 0) if contracts else from_manifest(manifest)
    guarantee_payee(subject, rpc_url, Parties(payee, hub, key_file), Wish(amount, revoke, collect))
