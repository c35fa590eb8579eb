// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IVault} from "../interfaces/IVault.sol";
import {Rows} from "./Rows.sol";

/// @title Rows taken from balances and given to them
/// @dev Assembly because it runs for every row of every batch: a balance's slot is found once.
library Balances {
    /// @notice Takes rows whole, up to the first that its balance does not pay.
    function takeWhole(mapping(address account => uint256) storage balances, bytes32[] calldata rows)
        internal
        returns (uint256 total, uint256 done)
    {
        assembly ("memory-safe") {
            mstore(0x20, balances.slot)
            for {} lt(done, rows.length) { done := add(done, 1) } {
                let row := calldataload(add(rows.offset, shl(5, done)))
                let amount := and(row, 0xffffffffffffffffffffffff)
                mstore(0x00, shr(96, row))
                let slot := keccak256(0x00, 0x40)
                let held := sload(slot)
                if gt(amount, held) { break }
                sstore(slot, sub(held, amount))
                total := add(total, amount)
            }
        }
    }

    /// @notice Takes what balances have of rows from `first` on, and writes it into them.
    function takeUpTo(mapping(address account => uint256) storage balances, bytes32[] memory rows, uint256 first)
        internal
        returns (uint256 total)
    {
        for (uint256 i = first; i < rows.length; ++i) {
            address account = Rows.accountOf(rows[i]);
            uint256 amount = Rows.amountOf(rows[i]);
            uint256 balance = balances[account];
            if (amount > balance) {
                amount = balance;
                rows[i] = Rows.pack(account, SafeCast.toUint96(balance));
            }
            balances[account] = balance - amount;
            total += amount;
        }
    }

    /// @notice Adds rows to balances. Sums of amounts of 12 bytes: a total above the custody reverts all of it.
    function give(mapping(address account => uint256) storage balances, bytes32[] calldata rows)
        internal
        returns (uint256 total)
    {
        address refused;
        bool wrong;
        assembly ("memory-safe") {
            mstore(0x20, balances.slot)
            let end := add(rows.offset, shl(5, rows.length))
            for { let place := rows.offset } lt(place, end) { place := add(place, 32) } {
                let row := calldataload(place)
                let account := shr(96, row)
                if or(iszero(account), eq(account, address())) {
                    refused := account
                    wrong := 1
                }
                let amount := and(row, 0xffffffffffffffffffffffff)
                mstore(0x00, account)
                let slot := keccak256(0x00, 0x40)
                sstore(slot, add(sload(slot), amount))
                total := add(total, amount)
            }
        }
        if (wrong) revert IVault.InvalidPayee(refused);
    }
}
