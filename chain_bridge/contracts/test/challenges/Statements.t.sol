// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IChallenge, LeafProof, SliceProof} from "../../src/interfaces/IChallenge.sol";
import {IStatements} from "../../src/interfaces/IStatements.sol";
import {Headers} from "../../src/libraries/Header.sol";
import {Leaf} from "../../src/libraries/Leaf.sol";
import {Rows} from "../../src/libraries/Rows.sol";
import {Charge, Kind, Subject} from "../../src/libraries/Subject.sol";
import {CaseFixture} from "./CaseFixture.sol";

/// @title A hub that charges more than its leaves, or hides them
contract StatementsTest is CaseFixture {
    function test_leaves_that_sum_to_the_row_answer_in_parts_and_each_is_paid_for() public {
        (Batch memory batch, Subject memory subject) = _demanded();
        assertEq(penalties(), batch.header.debits);
        vm.prank(hub);
        statements.reveal(subject, batch.header, ofOne(batch, 0));
        (uint256 sum, uint256 leaves, uint256 next) = statements.shownOf(idOf(subject));
        assertEq(sum, debitOf(batch.leaves[0]));
        assertEq(leaves, 1);
        assertEq(next, 1);
        uint256 before = vault.balanceOf(ann.account);
        vm.warp(block.timestamp + 9);
        vm.prank(hub);
        statements.reveal(subject, batch.header, ofOne(batch, 2));
        assertEq(vault.balanceOf(hub), 2 * LEAF_FEE);
        assertEq(vault.balanceOf(ann.account), before + LEAF_FEE);
        assertEq(penalties(), 0);
        finalize(batch);
        assertSolvent();
    }

    function test_a_leaf_whose_fee_was_rounded_up_answers_to_the_wei() public {
        Batch memory batch = post(list(leafOf(ann, north.account, "job", 7)));
        Subject memory subject = demand(batch, ann);
        vm.prank(hub);
        statements.reveal(subject, batch.header, ofOne(batch, 0));
        (uint256 sum,,) = statements.shownOf(idOf(subject));
        assertEq(sum, 8);
        assertEq(vault.balanceOf(hub), LEAF_FEE);
        assertEq(penalties(), 0);
    }

    function test_nobody_shuts_the_hub_out_by_showing_a_later_leaf_first() public {
        (Batch memory batch, Subject memory subject) = _demanded();
        IStatements.Revealed[] memory last = ofOne(batch, 2);
        vm.prank(ann.account);
        vm.expectRevert(abi.encodeWithSelector(IChallenge.OtherParty.selector, hub, ann.account));
        statements.reveal(subject, batch.header, last);
        vm.prank(hub);
        statements.reveal(subject, batch.header, ofOne(batch, 0));
    }

    function test_an_unanswered_demand_makes_the_part_void_and_all_customers_whole() public {
        (Batch memory batch, Subject memory subject) = _demanded();
        uint256 due = block.timestamp + 9;
        vm.warp(due);
        vm.expectRevert(abi.encodeWithSelector(IChallenge.TooEarly.selector, due + 1, due));
        statements.voidPart(subject, batch.header, batch.debits, batch.taken);
        vm.warp(due + 1);
        IStatements.Revealed[] memory late = ofOne(batch, 0);
        vm.expectRevert(abi.encodeWithSelector(IChallenge.TooLate.selector, due, due + 1));
        vm.prank(hub);
        statements.reveal(subject, batch.header, late);
        uint256 bond = covering();
        vm.prank(anyone);
        statements.voidPart(subject, batch.header, batch.debits, batch.taken);
        assertEq(vault.balanceOf(ann.account), 1000 * UNIT + 3 * LEAF_FEE);
        assertEq(vault.balanceOf(ben.account), 1000 * UNIT);
        assertEq(covering(), bond);
        assertEq(penalties(), batch.header.debits);
        bytes memory isVoid = abi.encodeWithSelector(bytes4(keccak256("PartIsVoid(bytes31)")), subject.headerHash);
        passWindow(batch.header);
        vm.expectRevert(isVoid);
        settlement.finalize(batch.header, batch.credits);
        assertEq(vault.custodyOf(address(settlement)), BOND);
        assertSolvent();
    }

    function test_a_part_that_was_paid_meanwhile_is_refunded_from_the_cover() public {
        (Batch memory batch, Subject memory subject) = _demanded();
        finalize(batch);
        vm.warp(block.timestamp + 9);
        statements.voidPart(subject, batch.header, batch.debits, batch.taken);
        assertEq(vault.balanceOf(ben.account), 1000 * UNIT);
        assertEq(covering(), 0);
        assertEq(vault.balanceOf(north.account) + vault.balanceOf(south.account), 40 * UNIT);
        assertSolvent();
    }

    function test_rows_that_were_paid_alone_come_from_the_cover_and_the_rest_from_escrow() public {
        (Batch memory batch, Subject memory subject) = _demanded();
        passWindow(batch.header);
        (, bytes32[] memory proof) = creditOf(batch, Rows.accountOf(batch.credits[0]));
        settlement.finalizeRow(batch.header, batch.credits[0], 0, proof);
        uint256 bond = covering();
        vm.warp(block.timestamp + 9);
        statements.voidPart(subject, batch.header, batch.debits, batch.taken);
        assertEq(covering(), bond - Rows.amountOf(batch.credits[0]));
        assertEq(vault.balanceOf(ben.account), 1000 * UNIT);
        assertSolvent();
    }

    function test_what_came_back_of_a_row_before_does_not_come_back_again() public {
        Leaf memory leaf = leafOf(ann, north.account, "job", 10 * UNIT);
        Batch memory batch = post(list(leaf, leaf));
        Subject memory subject = demand(batch, ann);
        challenges.proveDuplicate(sliceProof(batch, 1), leafProof(batch, 0));
        vm.warp(block.timestamp + 10);
        statements.voidPart(subject, batch.header, batch.debits, batch.taken);
        assertEq(vault.balanceOf(ann.account), 1000 * UNIT + LEAF_FEE * 2);
        assertEq(covering(), batch.header.debits);
        assertSolvent();
    }

    function test_what_the_hubs_bond_had_added_stands_for_the_payees_again() public {
        Leaf memory leaf = leafOf(ann, north.account, "job", 500 * UNIT);
        Batch memory batch = post(list(leaf));
        assertEq(batch.header.taken, 400 * UNIT);
        Subject memory subject = demand(batch, ann);
        vm.warp(block.timestamp + 10);
        statements.voidPart(subject, batch.header, batch.debits, batch.taken);
        assertEq(vault.balanceOf(ann.account), 1000 * UNIT + LEAF_FEE);
        assertEq(covering(), debitOf(leaf) + debitOf(leaf) - 400 * UNIT);
        assertEq(vault.custodyOf(address(settlement)), BOND);
        assertSolvent();
    }

    function test_a_row_above_its_leaves_cannot_be_answered() public {
        Leaf memory leaf = leafOf(ann, north.account, "job", 10 * UNIT);
        bytes32[] memory debits = rows(ann.account, debitOf(leaf) + 1);
        Batch memory batch = post(list(leaf), debits, rows(north.account, 10 * UNIT));
        Subject memory subject = demand(batch, ann);
        vm.prank(hub);
        statements.reveal(subject, batch.header, ofOne(batch, 0));
        IStatements.Revealed[] memory again = ofOne(batch, 0);
        vm.expectRevert(abi.encodeWithSelector(IStatements.LeafNotRising.selector, 0, 1));
        vm.prank(hub);
        statements.reveal(subject, batch.header, again);
        vm.warp(block.timestamp + 10);
        statements.voidPart(subject, batch.header, batch.debits, batch.taken);
        assertEq(vault.balanceOf(ann.account), 1000 * UNIT + LEAF_FEE);
    }

    function test_a_leaf_of_another_customer_or_another_place_does_not_answer() public {
        Batch memory other = post(list(leafOf(ann, north.account, "other", 10 * UNIT)));
        (Batch memory batch, Subject memory subject) = _demanded();
        IStatements.Revealed[] memory one = ofOne(batch, 1);
        vm.expectRevert(abi.encodeWithSelector(IChallenge.OtherParty.selector, ann.account, ben.account));
        vm.prank(hub);
        statements.reveal(subject, batch.header, one);
        one = ofOne(batch, 0);
        one[0].index = 1;
        vm.expectRevert(abi.encodeWithSelector(IChallenge.WrongLeaf.selector, 1));
        vm.prank(hub);
        statements.reveal(subject, batch.header, one);
        one[0].index = 0;
        vm.expectRevert(abi.encodeWithSelector(IChallenge.UnknownHeader.selector, subject.headerHash));
        vm.prank(hub);
        statements.reveal(subject, other.header, one);
    }

    function test_a_row_is_demanded_by_its_account_within_the_window_and_once() public {
        Batch memory batch = _batch();
        (Charge memory charge, bytes32[] memory proof) = chargeOf(batch, ann.account);
        vm.prank(ben.account);
        vm.expectRevert(abi.encodeWithSelector(IChallenge.OtherParty.selector, ben.account, ann.account));
        statements.demand(batch.header, charge, proof);
        uint256 until = batch.header.postedAt + W;
        vm.startPrank(ann.account);
        vm.warp(until + 1);
        vm.expectRevert(abi.encodeWithSelector(IChallenge.TooLate.selector, until, until + 1));
        statements.demand(batch.header, charge, proof);
        vm.warp(until);
        bytes32 id = statements.demand(batch.header, charge, proof);
        vm.expectRevert(abi.encodeWithSelector(IChallenge.CaseExists.selector, id, IChallenge.State.Open));
        statements.demand(batch.header, charge, proof);
    }

    function test_a_revealed_leaf_can_be_challenged_for_its_own_window() public {
        Leaf memory leaf = leafOf(ann, north.account, "job", 10 * UNIT);
        Batch memory batch = post(list(leaf));
        vm.warp(batch.header.postedAt + W);
        Subject memory subject = demand(batch, ann);
        vm.warp(block.timestamp + 9);
        vm.prank(hub);
        statements.reveal(subject, batch.header, ofOne(batch, 0));
        uint256 until = block.timestamp + 7;
        assertEq(statements.revealWindowOf(subject.headerHash, ann.account), until);
        SliceProof memory p = sliceProof(batch, 0);
        vm.startPrank(north.account);
        vm.warp(until + 1);
        vm.expectRevert(abi.encodeWithSelector(IChallenge.TooLate.selector, until, until + 1));
        challenges.challengeReceipt(p);
        vm.warp(until);
        challenges.challengeReceipt(p);
        vm.stopPrank();
        vm.warp(block.timestamp + 8);
        settlement.releaseCover(hub, address(vault));
        uint256 before = vault.balanceOf(ann.account);
        challenges.strike(subjectOf(Kind.Receipt, p), p.slice);
        assertEq(vault.balanceOf(ann.account), before + debitOf(leaf));
    }

    function test_other_demands_of_a_void_part_lapse_and_none_is_made_any_more() public {
        (Batch memory batch, Subject memory subject) = _demanded();
        Subject memory bens = demand(batch, ben);
        vm.expectRevert(abi.encodeWithSelector(IStatements.PartIsNotVoid.selector, subject.headerHash));
        statements.lapse(bens);
        vm.warp(block.timestamp + 10);
        statements.voidPart(subject, batch.header, batch.debits, batch.taken);
        vm.expectRevert(abi.encodeWithSelector(IChallenge.PartIsVoid.selector, subject.headerHash));
        statements.voidPart(bens, batch.header, batch.debits, batch.taken);
        uint256 before = vault.balanceOf(ben.account);
        statements.lapse(bens);
        assertEq(vault.balanceOf(ben.account), before + 2 * LEAF_FEE + LEAF_FEE);
        assertEq(penalties(), batch.header.debits);
    }

    function test_a_slice_of_a_void_part_is_not_challenged_any_more_and_proves_nothing() public {
        Leaf memory leaf = leafOf(ann, north.account, "job", 10 * UNIT);
        Batch memory batch = post(list(leaf, leaf));
        Subject memory subject = demand(batch, ann);
        vm.warp(block.timestamp + 10);
        statements.voidPart(subject, batch.header, batch.debits, batch.taken);
        (SliceProof memory struck, LeafProof memory other) = (sliceProof(batch, 1), leafProof(batch, 0));
        vm.expectRevert(abi.encodeWithSelector(IChallenge.PartIsVoid.selector, Headers.hash(batch.header)));
        challenges.proveDuplicate(struck, other);
    }

    function test_what_a_void_part_gave_back_can_be_charged_again() public {
        Batch memory first = post(list(leafOf(ann, north.account, "job", 10 * UNIT)));
        Subject memory subject = demand(first, ann);
        vm.warp(block.timestamp + 10);
        statements.voidPart(subject, first.header, first.debits, first.taken);
        Batch memory again = post(list(leafOf(ann, north.account, "job", 10 * UNIT)));
        (SliceProof memory struck, LeafProof memory other) = (sliceProof(again, 0), leafProof(first, 0));
        vm.expectRevert(abi.encodeWithSelector(IChallenge.PartIsVoid.selector, Headers.hash(first.header)));
        challenges.proveDuplicate(struck, other);
    }

    function test_only_the_rows_that_were_posted_and_taken_make_a_part_void() public {
        (Batch memory batch, Subject memory subject) = _demanded();
        vm.warp(block.timestamp + 10);
        vm.expectRevert(abi.encodeWithSelector(IStatements.LengthMismatch.selector, 2, 0));
        statements.voidPart(subject, batch.header, batch.debits, rows());
        bytes32[] memory wrong = rows(ann.account, 1, ben.account, 1);
        vm.expectPartialRevert(IStatements.WrongDebits.selector);
        statements.voidPart(subject, batch.header, batch.debits, wrong);
        wrong = rows(ann.account, 1, treasury, 1);
        vm.expectPartialRevert(IChallenge.OtherParty.selector);
        statements.voidPart(subject, batch.header, batch.debits, wrong);
    }

    function test_the_deposit_is_a_fee_a_leaf_at_most_a_tenth_of_the_row_and_at_least_one_fee() public view {
        assertEq(statements.depositOf(3, 10 * UNIT), 3 * LEAF_FEE);
        assertEq(statements.depositOf(10_000, 10 * UNIT), UNIT);
        assertEq(statements.depositOf(10_000, 1), LEAF_FEE);
    }

    function _batch() private returns (Batch memory) {
        Leaf[] memory leaves = new Leaf[](3);
        leaves[0] = leafOf(ann, north.account, "a", 10 * UNIT);
        leaves[1] = leafOf(ben, south.account, "b", 20 * UNIT);
        leaves[2] = leafOf(ann, south.account, "c", 10 * UNIT);
        return post(leaves);
    }

    function _demanded() private returns (Batch memory batch, Subject memory subject) {
        batch = _batch();
        subject = demand(batch, ann);
    }
}
