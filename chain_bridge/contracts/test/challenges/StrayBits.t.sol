// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SliceProof} from "../../src/interfaces/IChallenge.sol";
import {IChallenges} from "../../src/interfaces/IChallenges.sol";
import {ISettlement} from "../../src/interfaces/ISettlement.sol";
import {IStatements} from "../../src/interfaces/IStatements.sol";
import {Leaf} from "../../src/libraries/Leaf.sol";
import {Subject} from "../../src/libraries/Subject.sol";
import {CaseFixture} from "./CaseFixture.sol";

/// @title A hub whose tree holds a leaf with bits that its fields have no room for
/// @notice No challenge of such a leaf can be encoded, so it must not count as shown.
contract StrayBitsTest is CaseFixture {
    /// @dev Fields of less than 32 bytes.
    uint8[11] private narrow = [0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
    Batch private batch;

    function test_a_leaf_with_stray_bits_answers_no_demand_and_its_part_becomes_void() public {
        for (uint256 i = 0; i < narrow.length; ++i) {
            uint256 before = vault.balanceOf(ben.account);
            Leaf memory leaf = leafOf(ben, north.account, "invented", 20 * UNIT);
            Subject memory subject = _postAndDemand(leaf, _soiled(abi.encode(leaf), narrow[i]));
            bytes memory call_ = abi.encodeCall(IStatements.reveal, (subject, batch.header, ofOne(batch, 0)));
            assertFalse(_send(hub, address(statements), _soiledIn(call_, abi.encode(leaf), narrow[i])));
            vm.warp(block.timestamp + 10);
            statements.voidPart(subject, batch.header, batch.debits, batch.taken);
            assertEq(vault.balanceOf(ben.account), before + LEAF_FEE);
            vm.warp(block.timestamp + 1000);
            statements.collect(subject);
        }
        assertSolvent();
    }

    function test_the_same_leaf_without_them_answers_and_can_be_challenged() public {
        Leaf memory leaf = leafOf(ben, north.account, "invented", 20 * UNIT);
        Subject memory subject = _postAndDemand(leaf, abi.encode(leaf));
        assertTrue(
            _send(
                hub, address(statements), abi.encodeCall(IStatements.reveal, (subject, batch.header, ofOne(batch, 0)))
            )
        );
        SliceProof memory p = sliceProof(batch, 0);
        assertTrue(_send(ben.account, address(challenges), abi.encodeCall(IChallenges.challengeOrder, (p))));
    }

    /// @dev Posts a part whose only leaf has these bytes, and whose rows are those of `leaf`.
    function _postAndDemand(Leaf memory leaf, bytes memory encoded) private returns (Subject memory) {
        Leaf[] memory leaves = list(leaf);
        batch.debits = totals(leaves, true);
        batch.taken = batch.debits;
        batch.credits = totals(leaves, false);
        delete batch.leaves;
        batch.leaves.push(leaf);
        ISettlement.PostArgs memory args = argsOf(endEpoch(), 0, 1);
        (args.jobsRoot, args.leafCount) = (keccak256(abi.encodePacked(bytes1(0), encoded)), 1);
        batch.header = post(args, batch.debits, batch.credits);
        return demand(batch, ben);
    }

    function _send(address who, address to, bytes memory data) private returns (bool done) {
        vm.prank(who);
        (done,) = to.call(data);
    }

    function _soiled(bytes memory data, uint256 word) private pure returns (bytes memory) {
        data[word * 32] = 0x01;
        return data;
    }

    /// @dev Soils a word of the leaf that a call holds.
    function _soiledIn(bytes memory data, bytes memory leaf, uint256 word) private pure returns (bytes memory) {
        for (uint256 begin = 4; begin + leaf.length <= data.length; begin += 32) {
            bytes32 here;
            assembly ("memory-safe") {
                here := keccak256(add(add(data, 32), begin), mload(leaf))
            }
            if (here != keccak256(leaf)) continue;
            data[begin + word * 32] = 0x01;
            return data;
        }
        revert("the call holds no such leaf");
    }
}
