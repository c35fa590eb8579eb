// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice A slice: the metered work of one job in one epoch.
/// @param seq Running number of the job's slices over all epochs and attempts, from 0.
/// @param fromMs Unix milliseconds, inclusive.
/// @param toMs Unix milliseconds, exclusive.
/// @param cumulative The job's debits up to and including this slice.
/// @param service Id of the service version; 0 when none.
struct Leaf {
    uint64 epoch;
    bytes32 jobId;
    uint32 seq;
    uint32 attempt;
    uint64 fromMs;
    uint64 toMs;
    uint96 cumulative;
    address customer;
    address provider;
    uint64 service;
    uint96 providerAmount;
    uint96 auditAmount;
    bytes32 resultDigest;
    bytes32 receiptDigest;
}

/// @title Hash of a leaf
/// @dev A leaf is hashed in memory: what comes from calldata is checked field by field on its way there. The tree is the
/// hub's, so it can hold leaves with stray bits, and one that could be shown but not challenged would charge for anything.
library Leaves {
    uint256 internal constant SIZE = 14 * 32;

    /// @notice keccak256(0x00 ++ abi.encode(leaf)).
    function hash(Leaf memory leaf) internal pure returns (bytes32 whole) {
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore8(free, 0x00)
            mcopy(add(free, 1), leaf, SIZE)
            whole := keccak256(free, add(SIZE, 1))
        }
    }
}
