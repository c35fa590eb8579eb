// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Rows} from "./Rows.sol";

/// @title Positional Merkle tree: a proof fixes the index of its leaf
/// @notice Leaves are hashed with the tag 0x00, nodes with 0x01; the depth is ceil(log2(count)), and the places after
/// the last leaf hold zero. No leaves have the root zero, one leaf is its own root.
library Merkle {
    /// @notice Hash of a credit row.
    function creditLeaf(bytes32 row) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(bytes1(0x00), row));
    }

    /// @notice Hash of a debit row and of what was taken of it.
    function debitLeaf(bytes32 row, uint96 taken) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(bytes1(0x00), row, taken));
    }

    /// @notice Root over credit rows.
    function creditRoot(bytes32[] calldata rows) internal pure returns (bytes32) {
        bytes32[] memory leaves = new bytes32[](rows.length);
        assembly ("memory-safe") {
            let scratch := mload(0x40)
            let content := add(scratch, 1)
            mstore8(scratch, 0x00)
            let from := rows.offset
            let to := add(leaves, 32)
            for { let end := add(from, shl(5, rows.length)) } lt(from, end) { from := add(from, 32) } {
                mstore(content, calldataload(from))
                mstore(to, keccak256(scratch, 33))
                to := add(to, 32)
            }
        }
        return root(leaves);
    }

    /// @notice Root over debit rows, each of which was taken whole.
    function debitRoot(bytes32[] calldata rows) internal pure returns (bytes32) {
        bytes32[] memory leaves = new bytes32[](rows.length);
        assembly ("memory-safe") {
            let scratch := mload(0x40)
            let content := add(scratch, 1)
            let taken := add(scratch, 33)
            mstore8(scratch, 0x00)
            let from := rows.offset
            let to := add(leaves, 32)
            for { let end := add(from, shl(5, rows.length)) } lt(from, end) { from := add(from, 32) } {
                let row := calldataload(from)
                mstore(content, row)
                mstore(taken, shl(160, row))
                mstore(to, keccak256(scratch, 45))
                to := add(to, 32)
            }
        }
        return root(leaves);
    }

    /// @notice Root over debit rows; `taken` holds as many rows, the same accounts with what was taken of them.
    function debitRoot(bytes32[] calldata rows, bytes32[] memory taken) internal pure returns (bytes32) {
        bytes32[] memory leaves = new bytes32[](rows.length);
        assembly ("memory-safe") {
            let scratch := mload(0x40)
            mstore8(scratch, 0x00)
            let end := mul(rows.length, 32)
            for { let at := 0 } lt(at, end) { at := add(at, 32) } {
                mstore(add(scratch, 1), calldataload(add(rows.offset, at)))
                // The low 12 bytes of the taken row, moved up behind the row.
                mstore(add(scratch, 33), shl(160, mload(add(add(taken, 32), at))))
                mstore(add(add(leaves, 32), at), keccak256(scratch, 45))
            }
        }
        return root(leaves);
    }

    /// @notice Root over leaf hashes.
    /// @dev Overwrites `leaves`: every level is written over the one below it. Assembly here and above because it runs
    /// for every row of every post; fuzz tests compare it with a plain tree.
    function root(bytes32[] memory leaves) internal pure returns (bytes32 top) {
        if (leaves.length == 0) return bytes32(0);
        assembly ("memory-safe") {
            let base := add(leaves, 32)
            let length := mload(leaves)
            let scratch := mload(0x40)
            mstore8(scratch, 0x01)
            let padding := 0
            for { let count := length } gt(count, 1) { count := shr(1, add(count, 1)) } {
                // The tag goes into the last byte before a pair, which is read already, or the low byte of the length.
                let from := sub(base, 1)
                let to := base
                for { let end := add(base, shl(5, shr(1, count))) } lt(to, end) { to := add(to, 32) } {
                    mstore8(from, 0x01)
                    mstore(to, keccak256(from, 65))
                    from := add(from, 64)
                }
                if and(count, 1) {
                    mstore(add(scratch, 1), mload(add(from, 1)))
                    mstore(add(scratch, 33), padding)
                    mstore(to, keccak256(scratch, 65))
                }
                mstore(add(scratch, 1), padding)
                mstore(add(scratch, 33), padding)
                padding := keccak256(scratch, 65)
            }
            mstore(leaves, length)
            top := mload(base)
        }
    }

    /// @notice Whether `leaf` is at `index` of the `count` leaves under `expected`.
    function verify(bytes32 expected, bytes32 leaf, uint256 index, uint256 count, bytes32[] calldata proof)
        internal
        pure
        returns (bool)
    {
        if (index >= count || proof.length != depth(count)) return false;
        bytes32 hash = leaf;
        for (uint256 i = 0; i < proof.length; ++i) {
            hash = (index >> i) & 1 == 0 ? node(hash, proof[i]) : node(proof[i], hash);
        }
        return hash == expected;
    }

    /// @notice ceil(log2(count)).
    function depth(uint256 count) internal pure returns (uint256 levels) {
        while (uint256(1) << levels < count) ++levels;
    }

    /// @notice Hash of two neighbours.
    function node(bytes32 left, bytes32 right) internal pure returns (bytes32 hash) {
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore8(free, 0x01)
            mstore(add(free, 1), left)
            mstore(add(free, 33), right)
            hash := keccak256(free, 65)
        }
    }
}
