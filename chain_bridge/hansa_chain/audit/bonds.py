"""Bonds: hubs' and providers' events have the same names and come from different contracts."""

from dataclasses import dataclass

from hansa_protocol.identity import Address


@dataclass(frozen=True, slots=True)
class BondDeposited:
    """Tell that a bond grew."""

    account: Address
    vault: Address
    amount: int


@dataclass(frozen=True, slots=True)
class UnbondRequested:
    """Tell that a part of a bond is to leave."""

    account: Address
    vault: Address
    amount: int
    available_at: int


@dataclass(frozen=True, slots=True)
class UnbondCancelled:
    """Tell that it stays after all."""

    account: Address
    vault: Address
    amount: int


@dataclass(frozen=True, slots=True)
class Unbonded:
    """Tell that it left."""

    account: Address
    vault: Address
    amount: int
