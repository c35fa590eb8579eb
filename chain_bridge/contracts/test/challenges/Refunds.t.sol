// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SliceProof} from "../../src/interfaces/IChallenge.sol";
import {Leaf} from "../../src/libraries/Leaf.sol";
import {Hold, Kind, Subject} from "../../src/libraries/Subject.sol";
import {CaseFixture} from "./CaseFixture.sol";

/// @title What a customer paid comes back once, whichever bond it comes from
contract RefundsTest is CaseFixture {
    function court() internal pure override returns (address) {
        return address(0xc0417);
    }

    function test_what_a_providers_bond_gave_back_does_not_come_back_again_when_the_part_is_void() public {
        Batch memory batch = post(list(leafOf(ann, north.account, "job", 30 * UNIT)));
        SliceProof memory p = sliceProof(batch, 0);
        Subject memory subject = _dispute(p);
        Subject memory demanded = demand(batch, ann);
        uint96 debit = debitOf(batch.leaves[0]);
        _decide(subject, p);
        assertEq(vault.balanceOf(ann.account), 1000 * UNIT + debit / 10 * 2);
        vm.warp(block.timestamp + 10);
        statements.voidPart(demanded, batch.header, batch.debits, batch.taken);
        assertEq(vault.balanceOf(ann.account), 1000 * UNIT + debit / 10 * 2 + LEAF_FEE);
        assertSolvent();
    }

    function test_a_verdict_about_a_part_that_is_void_takes_nothing_from_the_provider() public {
        Batch memory batch = post(list(leafOf(ann, north.account, "job", 30 * UNIT)));
        SliceProof memory p = sliceProof(batch, 0);
        Subject memory demanded = demand(batch, ann);
        vm.warp(block.timestamp + W);
        Subject memory subject = _dispute(p);
        vm.warp(block.timestamp + 2);
        statements.voidPart(demanded, batch.header, batch.debits, batch.taken);
        _decide(subject, p);
        (uint256 bonded,,) = providers.bondOf(north.account, address(vault));
        assertEq(bonded, 500 * UNIT);
        assertEq(providers.reservedOf(north.account, address(vault)), 0);
        assertEq(vault.balanceOf(ann.account), 1000 * UNIT + debitOf(batch.leaves[0]) / 10 + LEAF_FEE);
    }

    function test_a_verdict_gives_no_customer_back_more_than_was_taken_of_it() public {
        Leaf memory leaf = leafOf(ann, north.account, "job", 500 * UNIT);
        Batch memory batch = post(list(leaf));
        assertEq(batch.header.taken, 400 * UNIT);
        SliceProof memory p = sliceProof(batch, 0);
        Subject memory subject = _dispute(p);
        _decide(subject, p);
        uint96 reward = (500 * UNIT - 400 * UNIT) / 10;
        assertEq(vault.balanceOf(ann.account), 1000 * UNIT + debitOf(leaf) / 10 + reward);
        assertSolvent();
    }

    /// @dev Without holding the credit.
    function _dispute(SliceProof memory p) private returns (Subject memory subject) {
        Hold memory none;
        subject = subjectOf(Kind.Dispute, p);
        vm.prank(p.slice.leaf.customer);
        disputes.dispute(p, none, new bytes32[](0));
    }

    function _decide(Subject memory subject, SliceProof memory p) private {
        vm.prank(court());
        disputes.decide(subject, p.slice, true);
    }
}
