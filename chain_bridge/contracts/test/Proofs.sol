// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Merkle} from "../src/libraries/Merkle.sol";

/// @title Merkle proofs, made from the whole list as whoever has the file does
library Proofs {
    /// @notice The siblings of `list[index]` from the leaves up, in the tree of credit rows.
    function creditProof(bytes32[] memory list, uint256 index) internal pure returns (bytes32[] memory proof) {
        bytes32[] memory leaves = new bytes32[](list.length);
        for (uint256 i = 0; i < list.length; ++i) {
            leaves[i] = Merkle.creditLeaf(list[i]);
        }
        return proofOf(leaves, index);
    }

    /// @notice The siblings of `leaves[index]` from the leaves up.
    function proofOf(bytes32[] memory leaves, uint256 index) internal pure returns (bytes32[] memory proof) {
        uint256 levels = Merkle.depth(leaves.length);
        bytes32[] memory level = new bytes32[](1 << levels);
        for (uint256 i = 0; i < leaves.length; ++i) {
            level[i] = leaves[i];
        }
        proof = new bytes32[](levels);
        for (uint256 d = 0; d < levels; ++d) {
            proof[d] = level[(index >> d) ^ 1];
            for (uint256 i = 0; i < (1 << (levels - d - 1)); ++i) {
                level[i] = Merkle.node(level[2 * i], level[2 * i + 1]);
            }
        }
    }
}
