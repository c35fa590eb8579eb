// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Header} from "./Header.sol";

/// @notice What a case is about.
enum Kind {
    Fault,
    Order,
    Receipt,
    Statement,
    Dispute
}

/// @notice What one case is about; its hash is the case's id, so nothing of it has to be stored.
/// @param headerHash The part, whose header was shown when the case was opened.
/// @param index Index of the leaf, or of the debit row that a statement is demanded for.
/// @param content Hash of the slice, or the debit row itself.
struct Subject {
    Kind kind;
    address hub;
    address vault;
    uint64 epoch;
    uint32 part;
    bytes31 headerHash;
    uint32 index;
    bytes32 content;
}

/// @notice The debit row that charges for a leaf.
/// @param taken What was taken of it from the customer; no remedies of a row give back more.
struct Charge {
    bytes32 row;
    uint96 taken;
    uint32 index;
}

/// @notice What a dispute keeps back of a credit row.
struct Hold {
    bytes32 row;
    uint32 index;
    uint96 amount;
}

/// @title Ids of cases
library Subjects {
    /// @notice The subject of a case about a part.
    function make(Kind kind, Header calldata header, bytes31 headerHash, uint32 index, bytes32 content)
        internal
        pure
        returns (Subject memory)
    {
        return Subject(kind, header.hub, header.vault, header.epoch, header.part, headerHash, index, content);
    }

    /// @notice The id of the case about `subject`.
    function id(Subject memory subject) internal pure returns (bytes32) {
        return keccak256(abi.encode(subject));
    }
}
