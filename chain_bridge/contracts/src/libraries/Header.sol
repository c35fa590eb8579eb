// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice What the chain remembers of one part of a batch, by its hash alone.
/// @param hub Who posted it.
/// @param vault Whose token it is in.
/// @param epoch The epoch of every leaf in it.
/// @param part Index of the part, from 0.
/// @param parts How many parts the epoch's batch has.
/// @param jobsRoot Merkle root of the leaves.
/// @param leafCount How many leaves.
/// @param fileDigest sha256 of the batch file.
/// @param debitRoot Merkle root of the debit rows with what was taken of each.
/// @param debitCount How many debit rows.
/// @param creditRoot Merkle root of the credit rows.
/// @param creditCount How many credit rows.
/// @param debits Sum of the debit rows.
/// @param taken Sum of what was taken from customers; the hub's bond paid the rest.
/// @param credits Sum of the credit rows; the treasury gets debits - credits.
/// @param postedAt Unix seconds of the post.
/// @param postedBlock Block number of the post.
/// @param paramsVersion Version of the parameters that hold for it.
/// @param secretHash keccak256 of the secret that breaks ties of later assignments.
/// @param previousSecret The secret whose hash was in the hub's header before.
struct Header {
    address hub;
    address vault;
    uint64 epoch;
    uint32 part;
    uint32 parts;
    bytes32 jobsRoot;
    uint32 leafCount;
    bytes32 fileDigest;
    bytes32 debitRoot;
    uint32 debitCount;
    bytes32 creditRoot;
    uint32 creditCount;
    uint96 debits;
    uint96 taken;
    uint96 credits;
    uint64 postedAt;
    uint64 postedBlock;
    uint32 paramsVersion;
    bytes32 secretHash;
    bytes32 previousSecret;
}

/// @title Hash of a header
/// @dev All fields are words, in memory and in calldata as in abi.encode: they are hashed where they are. Calldata is not
/// checked for stray bits first, because a hash of those was never kept.
library Headers {
    uint256 internal constant SIZE = 20 * 32;

    /// @notice First 31 bytes of keccak256(abi.encode(header)): the slot's last byte is the part's state.
    function hash(Header memory header) internal pure returns (bytes31) {
        bytes32 whole;
        assembly ("memory-safe") {
            whole := keccak256(header, SIZE)
        }
        // The last byte is left out on purpose.
        // forge-lint: disable-next-line(unsafe-typecast)
        return bytes31(whole);
    }

    /// @notice The same of a header that was handed back.
    function hashOf(Header calldata header) internal pure returns (bytes31) {
        bytes32 whole;
        assembly ("memory-safe") {
            let free := mload(0x40)
            calldatacopy(free, header, SIZE)
            whole := keccak256(free, SIZE)
        }
        // The last byte is left out on purpose.
        // forge-lint: disable-next-line(unsafe-typecast)
        return bytes31(whole);
    }
}
