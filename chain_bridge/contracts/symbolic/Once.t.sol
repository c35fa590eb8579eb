// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {CreditLines} from "../src/CreditLines.sol";
import {ICreditLines} from "../src/interfaces/ICreditLines.sol";
import {Header, Headers} from "../src/libraries/Header.sol";
import {Merkle} from "../src/libraries/Merkle.sol";

/// @title What counts once, proven for all values: lines by their nonce, headers by their hash, leaves by their place
contract OnceSymbolic is Test {
    CreditLines private lines;

    function setUp() public {
        vm.warp(20_000_000);
        lines = new CreditLines(20, 14, 40);
    }

    function check_a_line_is_opened_at_most_once(
        address customer,
        address settlement,
        address hub,
        address vault,
        uint96 cap,
        uint64 expiresAt,
        uint256 nonce
    ) public {
        ICreditLines.Line memory line;
        (line.customer, line.settlement, line.hub, line.vault) = (customer, settlement, hub, vault);
        (line.capPerEpoch, line.expiresAt, line.nonce) = (cap, expiresAt, nonce);
        vm.prank(customer);
        lines.openByCustomer(line);
        assertEq(lines.nonceOf(customer, vault), nonce + 1);
        vm.prank(customer);
        (bool again,) = address(lines).call(abi.encodeCall(lines.openByCustomer, (line)));
        assertFalse(again);
    }

    /// @dev Two headers of one whole hash are one header, in each of its twenty fields. What the chain keeps is the first
    /// 248 bits of it, and that no two headers share those is left to collision resistance: it cannot be proven.
    function check_a_header_is_known_by_its_hash(Header memory a, Header memory b) public pure {
        assertEq(Headers.hash(a), bytes31(keccak256(abi.encode(a))));
        vm.assume(keccak256(abi.encode(a)) == keccak256(abi.encode(b)));
        assertTrue(a.hub == b.hub && a.vault == b.vault && a.epoch == b.epoch);
        assertTrue(a.part == b.part && a.parts == b.parts);
        assertTrue(a.jobsRoot == b.jobsRoot && a.leafCount == b.leafCount && a.fileDigest == b.fileDigest);
        assertTrue(a.debitRoot == b.debitRoot && a.debitCount == b.debitCount);
        assertTrue(a.creditRoot == b.creditRoot && a.creditCount == b.creditCount);
        assertTrue(a.debits == b.debits && a.taken == b.taken && a.credits == b.credits);
        assertTrue(a.postedAt == b.postedAt && a.postedBlock == b.postedBlock && a.paramsVersion == b.paramsVersion);
        assertTrue(a.secretHash == b.secretHash && a.previousSecret == b.previousSecret);
    }

    /// @dev In a tree of three leaves a proof shows the leaf of its index, and nothing else.
    function check_a_proof_shows_the_leaf_of_its_place(
        bytes32[3] memory leaves,
        bytes32 leaf,
        uint256 index,
        bytes32[2] memory siblings
    ) public view {
        bytes32[] memory list = new bytes32[](3);
        (list[0], list[1], list[2]) = (leaves[0], leaves[1], leaves[2]);
        bytes32[] memory proof = new bytes32[](2);
        (proof[0], proof[1]) = (siblings[0], siblings[1]);
        if (!this.verify(Merkle.root(list), leaf, index, proof)) return;
        assertTrue(
            (index == 0 && leaf == leaves[0]) || (index == 1 && leaf == leaves[1]) || (index == 2 && leaf == leaves[2])
        );
    }

    function verify(bytes32 root, bytes32 leaf, uint256 index, bytes32[] calldata proof) external pure returns (bool) {
        return Merkle.verify(root, leaf, index, 3, proof);
    }
}
