"""Hub: who meters and settles: its address, its contracts, where its keys and its store are."""

from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field

from hansa_operator.api.fields import Amount, Big, EvmAddress, NamedRef, Uri
from hansa_operator.api.meta import ObjectMeta, Status
from hansa_operator.api.model import Model
from hansa_operator.api.rules import immutable, rules, within

_OTHER = "batches and lines refer to it; create another Hub"


class HubReason(StrEnum):
    """Name the reasons of a Hub's conditions."""

    AVAILABLE = "Available"
    CHAIN_UNREACHABLE = "ChainUnreachable"
    LEDGER_BEHIND_CHAIN = "LedgerBehindChain"
    WRONG_CHAIN = "WrongChain"
    CODE_HASH_MISMATCH = "CodeHashMismatch"
    SIGNER_UNAVAILABLE = "SignerUnavailable"
    INSUFFICIENT_GAS = "InsufficientGas"
    BOND_TOO_LOW = "BondTooLow"
    NONE_OPEN = "NoneOpen"
    ANSWERING = "Answering"
    UNANSWERABLE = "Unanswerable"
    CONTRACTS_UNKNOWN = "ContractsUnknown"


class Contracts(Model):
    """Name the contracts."""

    settlement: EvmAddress = Field(description="Settlement contract.")
    credit_lines: EvmAddress = Field(description="CreditLines contract.")
    providers: EvmAddress = Field(description="Providers contract.")
    services: EvmAddress = Field(description="Services contract.")
    challenges: EvmAddress | None = Field(
        default=None, description="Challenges contract; without it, or a manifest, the hub answers no challenge."
    )
    statements: EvmAddress | None = Field(default=None, description="Statements contract, with `challenges`.")
    disputes: EvmAddress | None = Field(default=None, description="Disputes contract, with `challenges`.")
    claims: EvmAddress | None = Field(default=None, description="Claims contract, with `challenges`.")


class VaultRef(Model):
    """Name a vault and its token."""

    address: EvmAddress = Field(description="Vault contract.")
    token: EvmAddress = Field(description="ERC-20 token that it holds.")
    symbol: Annotated[str, Field(min_length=1, max_length=32)] = Field(description="Symbol of the token, for people.")
    decimals: int = Field(
        json_schema_extra=within(0, 18, "the token's own, as its contract says"), description="Decimals of the token."
    )


class GatewayAt(Model):
    """Say where agents reach the hub."""

    url: Uri = Field(description="Address of the gateway, such as https://gateway.example.org.")


class HubSpec(Model):
    """State the hub's identity and where it finds chain, keys and store."""

    model_config = ConfigDict(
        json_schema_extra=rules(immutable({"chainID": _OTHER, "address": _OTHER, "contracts.settlement": _OTHER}))
    )

    chain_id: int = Field(
        json_schema_extra=within(1, 2**53, "the chain's id, such as 1 or 8453"),
        description="Chain id; another chain at the RPC is refused.",
    )
    address: EvmAddress = Field(description="The hub's address, that of its signing key.")
    contracts: Contracts = Field(description="Contracts that it works with.")
    vaults: Annotated[
        tuple[VaultRef, ...],
        Field(
            min_length=1,
            max_length=16,
            json_schema_extra={"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["address"]},
        ),
    ] = Field(description="Vaults, one a token.")
    gateway: GatewayAt | None = Field(default=None, description="Where agents reach the hub.")
    rpc_secret_ref: NamedRef = Field(description="Secret of the operator's namespace with the key `url`.")
    signer_ref: NamedRef = Field(description="Secret of the operator's namespace with the key `privateKey`.")
    store_ref: NamedRef | None = Field(default=None, description="Store; absent means the operator's own directory.")


class HubBond(Model):
    """State the hub's bond in one vault."""

    vault: EvmAddress = Field(description="Vault.")
    amount: Amount = Field(description="Bond in tokens.")
    free: Amount | None = Field(default=None, description="Part of it that backs no open batch.")


class HubStatus(Status):
    """Tell whether the hub can settle."""

    gas_balance: Amount | None = Field(default=None, description="The signer's balance of the chain's own coin.")
    bonds: Annotated[
        tuple[HubBond, ...],
        Field(
            max_length=16,
            json_schema_extra={"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["vault"]},
        ),
    ] = Field(default=(), description="The hub's bonds.")
    last_posted_epoch: Big | None = Field(default=None, description="Last epoch posted on chain.")
    ledger_head_epoch: Big | None = Field(default=None, description="Last epoch sealed in the ledger.")
    rpc_lag_blocks: Big | None = Field(default=None, description="Blocks between the newest and the newest final one.")


class Hub(Model):
    """Meter and settle the work of pools on one chain."""

    PLURAL: ClassVar[str] = "hubs"
    metadata: ObjectMeta
    spec: HubSpec
    status: HubStatus | None = None
