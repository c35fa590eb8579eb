// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Row: an account and an amount in 32 bytes
/// @notice The account is in the high 20 bytes, the amount in the low 12.
library Rows {
    /// @notice The row of `account` and `amount`.
    function pack(address account, uint96 amount) internal pure returns (bytes32) {
        return bytes32((uint256(uint160(account)) << 96) | amount);
    }

    /// @notice The account of `row`.
    function accountOf(bytes32 row) internal pure returns (address) {
        return address(uint160(uint256(row) >> 96));
    }

    /// @notice The amount of `row`.
    function amountOf(bytes32 row) internal pure returns (uint96) {
        return uint96(uint256(row));
    }

    /// @notice `row` with another amount.
    function withAmount(bytes32 row, uint96 amount) internal pure returns (bytes32) {
        return bytes32(((uint256(row) >> 96) << 96) | amount);
    }

    /// @notice The row at `index`, which the caller knows to be there.
    function get(bytes32[] calldata rows, uint256 index) internal pure returns (bytes32 row) {
        assembly ("memory-safe") {
            row := calldataload(add(rows.offset, shl(5, index)))
        }
    }

    /// @notice A copy of `rows` with room for one more, which is not counted yet.
    function copy(bytes32[] calldata rows) internal pure returns (bytes32[] memory list) {
        assembly ("memory-safe") {
            list := mload(0x40)
            mstore(list, rows.length)
            let size := shl(5, rows.length)
            calldatacopy(add(list, 32), rows.offset, size)
            mstore(0x40, add(add(list, 64), size))
        }
    }

    /// @notice Puts one more row at the end of a list that has room for it.
    function append(bytes32[] memory list, bytes32 row) internal pure {
        assembly ("memory-safe") {
            let count := add(mload(list), 1)
            mstore(add(list, shl(5, count)), row)
            mstore(list, count)
        }
    }

    /// @notice Sum of rows, and whether they are sound: accounts rise strictly above `previous`, no amount is zero, and
    /// none of three accounts is there.
    /// @dev Assembly because it runs for every row of every post; whoever finds them unsound looks for the reason.
    function sum(bytes32[] calldata rows, address previous, address a, address b, address c)
        internal
        pure
        returns (uint256 total, bool sound)
    {
        assembly ("memory-safe") {
            let wrong := 0
            let last := previous
            let place := rows.offset
            for { let end := add(place, shl(5, rows.length)) } lt(place, end) { place := add(place, 32) } {
                let row := calldataload(place)
                let amount := and(row, 0xffffffffffffffffffffffff)
                total := add(total, amount)
                row := shr(96, row)
                wrong := or(
                    or(or(wrong, eq(row, a)), or(eq(row, b), eq(row, c))),
                    iszero(and(gt(row, last), gt(amount, 0)))
                )
                last := row
            }
            sound := iszero(wrong)
        }
    }
}
