// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Merkle} from "../src/libraries/Merkle.sol";
import {Rows} from "../src/libraries/Rows.sol";
import {Test} from "forge-std/Test.sol";

/// @title The positional tree against a plain one
contract MerkleTest is Test {
    function testFuzz_the_root_is_that_of_a_plain_tree(bytes32[] memory leaves) public pure {
        bytes32 plain = _plainRoot(leaves);
        assertEq(Merkle.root(leaves), plain);
    }

    function testFuzz_roots_of_rows_are_those_of_their_leaf_hashes(bytes32[] memory list, uint96 less) public view {
        bytes32[] memory taken = new bytes32[](list.length);
        bytes32[] memory debitLeaves = new bytes32[](list.length);
        bytes32[] memory creditLeaves = new bytes32[](list.length);
        for (uint256 i = 0; i < list.length; ++i) {
            uint96 amount = Rows.amountOf(list[i]) & less;
            taken[i] = Rows.withAmount(list[i], amount);
            debitLeaves[i] = Merkle.debitLeaf(list[i], amount);
            creditLeaves[i] = Merkle.creditLeaf(list[i]);
        }
        assertEq(this.debitRoot(list, taken), Merkle.root(debitLeaves));
        assertEq(this.creditRoot(list), Merkle.root(creditLeaves));
    }

    function testFuzz_a_proof_holds_at_its_own_index_only(uint8 count, uint8 index, uint8 other, bytes32 seed) public {
        uint256 leafCount = bound(count, 1, 80);
        bytes32[] memory leaves = new bytes32[](leafCount);
        for (uint256 i = 0; i < leafCount; ++i) {
            leaves[i] = keccak256(abi.encode(seed, i));
        }
        uint256 place = bound(index, 0, leafCount - 1);
        bytes32 leaf = leaves[place];
        bytes32[] memory proof = _proof(leaves, place);
        bytes32 root = Merkle.root(leaves);
        assertTrue(this.verify(root, leaf, place, leafCount, proof));
        if (other != place) assertFalse(this.verify(root, leaf, other, leafCount, proof));
        assertFalse(this.verify(root, keccak256(abi.encode(leaf)), place, leafCount, proof));
        bytes32[] memory longer = new bytes32[](proof.length + 1);
        assertFalse(this.verify(root, leaf, place, leafCount, longer));
    }

    function test_a_padding_place_cannot_be_proven() public {
        bytes32[] memory leaves = new bytes32[](3);
        (leaves[0], leaves[1], leaves[2]) = (keccak256("a"), keccak256("b"), keccak256("c"));
        bytes32[] memory proof = _proof(leaves, 2);
        bytes32 last = leaves[2];
        bytes32 root = Merkle.root(leaves);
        (proof[0], last) = (last, bytes32(0));
        assertFalse(this.verify(root, last, 3, 3, proof));
    }

    function test_a_node_is_not_taken_for_a_leaf() public {
        bytes32[] memory leaves = new bytes32[](4);
        for (uint256 i = 0; i < 4; ++i) {
            leaves[i] = keccak256(abi.encode(i));
        }
        bytes32 inner = Merkle.node(leaves[0], leaves[1]);
        bytes32[] memory proof = new bytes32[](1);
        proof[0] = Merkle.node(leaves[2], leaves[3]);
        bytes32 root = Merkle.root(leaves);
        assertFalse(this.verify(root, inner, 0, 4, proof));
    }

    function testFuzz_rows_keep_account_and_amount(address account, uint96 amount, uint96 less) public pure {
        bytes32 row = Rows.pack(account, amount);
        assertEq(Rows.accountOf(row), account);
        assertEq(Rows.amountOf(row), amount);
        assertEq(Rows.withAmount(row, less), Rows.pack(account, less));
    }

    function creditRoot(bytes32[] calldata list) external pure returns (bytes32) {
        return Merkle.creditRoot(list);
    }

    function debitRoot(bytes32[] calldata list, bytes32[] calldata taken) external pure returns (bytes32) {
        return Merkle.debitRoot(list, taken);
    }

    function verify(bytes32 root, bytes32 leaf, uint256 index, uint256 count, bytes32[] calldata proof)
        external
        pure
        returns (bool)
    {
        return Merkle.verify(root, leaf, index, count, proof);
    }

    function _plainRoot(bytes32[] memory leaves) private pure returns (bytes32) {
        if (leaves.length == 0) return bytes32(0);
        bytes32[] memory level = _padded(leaves);
        for (uint256 width = level.length; width > 1; width /= 2) {
            for (uint256 i = 0; i < width / 2; ++i) {
                level[i] = keccak256(abi.encodePacked(bytes1(0x01), level[2 * i], level[2 * i + 1]));
            }
        }
        return level[0];
    }

    function _proof(bytes32[] memory leaves, uint256 index) private pure returns (bytes32[] memory proof) {
        bytes32[] memory level = _padded(leaves);
        proof = new bytes32[](Merkle.depth(leaves.length));
        for (uint256 d = 0; d < proof.length; ++d) {
            proof[d] = level[(index >> d) ^ 1];
            for (uint256 i = 0; i < level.length >> (d + 1); ++i) {
                level[i] = keccak256(abi.encodePacked(bytes1(0x01), level[2 * i], level[2 * i + 1]));
            }
        }
    }

    function _padded(bytes32[] memory leaves) private pure returns (bytes32[] memory level) {
        level = new bytes32[](1 << Merkle.depth(leaves.length));
        for (uint256 i = 0; i < leaves.length; ++i) {
            level[i] = leaves[i];
        }
    }
}
