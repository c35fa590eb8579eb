// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Bonds of accounts, one per vault, kept in the custody of the contract that can slash them
interface IBonds {
    /// @notice `from` added tokens to the bond of `account`.
    event BondDeposited(address indexed account, address indexed vault, address indexed from, uint256 amount);

    /// @notice `account` asked for a part of its bond, which can be taken out from `availableAt` (unix seconds) on.
    event UnbondRequested(address indexed account, address indexed vault, uint256 amount, uint256 availableAt);

    /// @notice `account` took its request back.
    event UnbondCancelled(address indexed account, address indexed vault, uint256 amount);

    /// @notice The requested part was credited to `account`'s balance in the vault.
    event Unbonded(address indexed account, address indexed vault, uint256 amount);

    error UnknownVault(address vault);
    error ZeroBond();
    error BondTooLarge(uint256 amount);
    error InsufficientBond(address account, address vault, uint256 needed, uint256 free);
    error UnbondPending(uint256 amount, uint256 availableAt);
    error NoUnbondPending(address account, address vault);
    error UnbondTooEarly(uint256 availableAt, uint256 nowSeconds);
}
