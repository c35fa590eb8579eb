// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IChallenge, SliceProof} from "../../src/interfaces/IChallenge.sol";
import {IDisputes} from "../../src/interfaces/IDisputes.sol";
import {IRemedies} from "../../src/interfaces/IRemedies.sol";
import {Leaf} from "../../src/libraries/Leaf.sol";
import {Rows} from "../../src/libraries/Rows.sol";
import {Charge, Hold, Kind, Subject} from "../../src/libraries/Subject.sol";
import {CaseFixture} from "./CaseFixture.sol";

/// @title A customer that is not content with what it ordered
contract DisputesTest is CaseFixture {
    function test_a_disputed_credit_waits_and_the_others_do_not() public {
        (Batch memory batch,, Subject memory subject) = _disputed();
        (Hold memory held,) = disputes.holdOf(idOf(subject));
        assertEq(held.amount, 20 * UNIT);
        finalize(batch);
        assertEq(vault.balanceOf(north.account), 10 * UNIT);
        assertEq(vault.balanceOf(south.account), 5 * UNIT);
        assertTrue(settlement.isFinalized(hub, address(vault), batch.header.epoch, 0));
    }

    function test_at_the_hard_deadline_it_is_paid_as_posted_with_the_disputes_bond() public {
        (Batch memory batch, SliceProof memory p, Subject memory subject) = _disputed();
        finalize(batch);
        uint256 due = batch.header.postedAt + 7;
        vm.warp(due);
        vm.expectRevert(abi.encodeWithSelector(IChallenge.TooEarly.selector, due + 1, due));
        disputes.expire(subject, p.slice);
        vm.warp(due + 1);
        disputes.expire(subject, p.slice);
        assertEq(vault.balanceOf(north.account), 30 * UNIT + debitOf(p.slice.leaf) / 10);
        assertEq(vault.custodyOf(address(settlement)), BOND);
        assertEq(vault.custodyOf(address(disputes)), 0);
        vm.prank(north.account);
        vm.expectRevert(
            abi.encodeWithSelector(IChallenge.CaseNotOpen.selector, idOf(subject), IChallenge.State.Answered)
        );
        disputes.concede(subject, p.slice);
        assertSolvent();
    }

    function test_a_dispute_that_ends_before_the_part_is_paid_leaves_the_row_as_posted() public {
        (Batch memory batch, SliceProof memory p, Subject memory subject) = _disputed();
        vm.warp(batch.header.postedAt + 8);
        disputes.expire(subject, p.slice);
        finalize(batch);
        assertEq(vault.balanceOf(north.account), 30 * UNIT + debitOf(p.slice.leaf) / 10);
        assertSolvent();
    }

    function test_a_provider_concedes_its_own_credit_before_the_part_is_paid() public {
        (Batch memory batch, SliceProof memory p, Subject memory subject) = _disputed();
        uint256 bond = debitOf(p.slice.leaf) / 10;
        vm.warp(block.timestamp + 7);
        vm.prank(north.account);
        disputes.concede(subject, p.slice);
        assertEq(vault.balanceOf(ann.account), 1000 * UNIT - paidBy(batch, ann) + 20 * UNIT + bond);
        finalize(batch);
        assertEq(vault.balanceOf(north.account), 10 * UNIT);
        assertEq(vault.custodyOf(address(settlement)), BOND);
        assertEq(covering(), batch.header.debits);
        assertSolvent();
    }

    function test_a_provider_concedes_its_own_credit_after_the_part_is_paid() public {
        (Batch memory batch, SliceProof memory p) = _batch();
        vm.warp(batch.header.postedAt + W);
        Subject memory subject = _dispute(batch, p);
        finalize(batch);
        vm.prank(north.account);
        disputes.concede(subject, p.slice);
        assertEq(vault.balanceOf(north.account), 10 * UNIT);
        assertEq(vault.custodyOf(address(settlement)), BOND);
        assertSolvent();
    }

    function test_a_hub_concedes_out_of_its_pocket_and_the_provider_is_paid() public {
        (Batch memory batch, SliceProof memory p, Subject memory subject) = _disputed();
        uint96 debit = debitOf(p.slice.leaf);
        uint256 tokens = token.balanceOf(hub);
        vm.prank(hub);
        disputes.concedeByHub(subject, p.slice);
        assertEq(token.balanceOf(hub), tokens - debit);
        assertEq(vault.balanceOf(ann.account), 1000 * UNIT - paidBy(batch, ann) + debit + debit / 10);
        finalize(batch);
        assertEq(vault.balanceOf(north.account), 30 * UNIT);
        assertSolvent();
    }

    function test_nobody_else_concedes() public {
        (, SliceProof memory p, Subject memory subject) = _disputed();
        vm.startPrank(anyone);
        vm.expectRevert(abi.encodeWithSelector(IChallenge.OtherParty.selector, north.account, anyone));
        disputes.concede(subject, p.slice);
        vm.expectRevert(abi.encodeWithSelector(IChallenge.OtherParty.selector, hub, anyone));
        disputes.concedeByHub(subject, p.slice);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.NotTheCourt.selector, address(0), anyone));
        disputes.decide(subject, p.slice, true);
    }

    function test_concessions_count_to_the_last_second() public {
        (, SliceProof memory p, Subject memory subject) = _disputed();
        uint256 due = block.timestamp + 7;
        vm.warp(due + 1);
        vm.startPrank(north.account);
        vm.expectRevert(abi.encodeWithSelector(IChallenge.TooLate.selector, due, due + 1));
        disputes.concede(subject, p.slice);
        vm.warp(due);
        disputes.concede(subject, p.slice);
    }

    function test_two_disputes_hold_no_more_than_the_row() public {
        Leaf memory a = leafOf(ann, north.account, "a", 10 * UNIT);
        Leaf memory b = leafOf(ben, north.account, "b", 10 * UNIT);
        Leaf[] memory leaves = list(a, b);
        Batch memory batch = post(leaves, totals(leaves, true), rows(north.account, 15 * UNIT));
        Subject memory first = _dispute(batch, sliceProof(batch, 0));
        Subject memory second = _dispute(batch, sliceProof(batch, 1));
        (Hold memory held,) = disputes.holdOf(idOf(first));
        assertEq(held.amount, 10 * UNIT);
        (held,) = disputes.holdOf(idOf(second));
        assertEq(held.amount, 5 * UNIT);
        vm.prank(north.account);
        disputes.concede(first, sliceProof(batch, 0).slice);
        finalize(batch);
        assertEq(vault.balanceOf(north.account), 0);
        disputes.expire(second, sliceProof(batch, 1).slice);
        assertEq(vault.balanceOf(north.account), 5 * UNIT + debitOf(b) / 10);
        assertEq(vault.custodyOf(address(settlement)), BOND);
    }

    function test_a_dispute_holds_no_more_than_its_customer_was_charged() public {
        Leaf memory honest = leafOf(ann, north.account, "honest", 30 * UNIT);
        Leaf memory cheap = leafOf(ben, north.account, "cheap", 30 * UNIT);
        bytes32[] memory debits = rows(ann.account, debitOf(honest), ben.account, 1);
        Batch memory batch = post(list(honest, cheap), debits, rows(north.account, 30 * UNIT));
        SliceProof memory p = sliceProof(batch, 1);
        Subject memory subject = _dispute(batch, p);
        (Hold memory held,) = disputes.holdOf(idOf(subject));
        assertEq(held.amount, 1);
        finalize(batch);
        assertEq(vault.balanceOf(north.account), 30 * UNIT - 1);
        disputes.expire(subject, p.slice);
        assertEq(vault.balanceOf(north.account), 30 * UNIT + LEAF_FEE);
        assertSolvent();
    }

    function test_a_row_that_is_paid_holds_nothing() public {
        (Batch memory batch, SliceProof memory p) = _batch();
        vm.warp(batch.header.postedAt + W);
        Subject memory ofAnn = demand(batch, ann);
        finalize(batch);
        vm.prank(hub);
        statements.reveal(ofAnn, batch.header, ofOne(batch, 0));
        Subject memory subject = _dispute(batch, p);
        (Hold memory held,) = disputes.holdOf(idOf(subject));
        assertEq(held.amount, 0);
        vm.warp(block.timestamp + 8);
        disputes.expire(subject, p.slice);
        assertEq(vault.balanceOf(north.account), 30 * UNIT + debitOf(p.slice.leaf) / 10);
    }

    function test_a_leaf_that_is_struck_comes_back_once_and_less_what_was_conceded() public {
        Leaf memory leaf = leafOf(ann, north.account, "job", 20 * UNIT);
        Batch memory batch = post(list(leaf, leaf));
        SliceProof memory p = sliceProof(batch, 1);
        Subject memory subject = _dispute(batch, p);
        vm.prank(north.account);
        disputes.concede(subject, p.slice);
        challenges.proveDuplicate(p, leafProof(batch, 0));
        assertEq(vault.balanceOf(ann.account), 1000 * UNIT - debitOf(leaf) + debitOf(leaf) / 10);
        finalize(batch);
        assertEq(vault.balanceOf(north.account), 20 * UNIT);
        assertSolvent();
    }

    function test_a_dispute_of_a_leaf_that_something_else_struck_gives_the_bond_back() public {
        Leaf memory leaf = leafOf(ann, north.account, "job", 20 * UNIT);
        Batch memory batch = post(list(leaf, leaf));
        SliceProof memory p = sliceProof(batch, 1);
        Subject memory subject = _dispute(batch, p);
        challenges.proveDuplicate(p, leafProof(batch, 0));
        finalize(batch);
        disputes.expire(subject, p.slice);
        assertEq(vault.balanceOf(ann.account), 1000 * UNIT - debitOf(leaf) + debitOf(leaf) / 10);
        assertEq(vault.balanceOf(north.account), 40 * UNIT);
        assertSolvent();
    }

    function test_a_dispute_in_a_part_that_becomes_void_pays_nobody_twice() public {
        (Batch memory batch, SliceProof memory p, Subject memory subject) = _disputed();
        Subject memory demanded = demand(batch, ann);
        vm.warp(block.timestamp + 10);
        statements.voidPart(demanded, batch.header, batch.debits, batch.taken);
        disputes.expire(subject, p.slice);
        assertEq(vault.custodyOf(address(settlement)), BOND);
        assertEq(vault.balanceOf(ben.account), 1000 * UNIT);
        assertSolvent();
        assertEq(vault.balanceOf(ann.account), 1000 * UNIT + 3 * LEAF_FEE + debitOf(p.slice.leaf) / 10);
    }

    function test_what_a_provider_conceded_is_not_in_the_escrow_of_a_part_that_becomes_void() public {
        (Batch memory batch, Subject memory demanded) = _concededAndDemanded();
        vm.warp(block.timestamp + 10);
        statements.voidPart(demanded, batch.header, batch.debits, batch.taken);
        assertEq(covering(), batch.header.debits);
        assertEq(vault.custodyOf(address(settlement)), BOND);
        assertSolvent();
    }

    function test_what_is_left_of_a_conceded_row_that_was_paid_alone_leaves_the_escrow_once() public {
        (Batch memory batch, Subject memory demanded) = _concededAndDemanded();
        passWindow(batch.header);
        (Hold memory credit, bytes32[] memory proof) = creditOf(batch, north.account);
        settlement.finalizeRow(batch.header, credit.row, credit.index, proof);
        assertEq(vault.balanceOf(north.account), 10 * UNIT);
        vm.warp(block.timestamp + 1);
        statements.voidPart(demanded, batch.header, batch.debits, batch.taken);
        assertEq(covering(), batch.header.debits - 10 * UNIT);
        assertEq(vault.custodyOf(address(settlement)), BOND - 10 * UNIT);
        assertSolvent();
    }

    function test_only_the_customer_disputes_its_providers_row() public {
        (Batch memory batch, SliceProof memory p) = _batch();
        (Hold memory credit, bytes32[] memory proof) = creditOf(batch, north.account);
        vm.prank(ben.account);
        vm.expectRevert(abi.encodeWithSelector(IChallenge.OtherParty.selector, ann.account, ben.account));
        disputes.dispute(p, credit, proof);
        (Hold memory wrong, bytes32[] memory wrongProof) = creditOf(batch, south.account);
        vm.startPrank(ann.account);
        vm.expectRevert(abi.encodeWithSelector(IChallenge.OtherParty.selector, north.account, south.account));
        disputes.dispute(p, wrong, wrongProof);
        credit.row = Rows.withAmount(credit.row, 1);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.WrongCredit.selector, credit.index));
        disputes.dispute(p, credit, proof);
    }

    function _batch() private returns (Batch memory batch, SliceProof memory p) {
        Leaf[] memory leaves = new Leaf[](3);
        leaves[0] = leafOf(ann, north.account, "a", 20 * UNIT);
        leaves[1] = leafOf(ben, north.account, "b", 10 * UNIT);
        leaves[2] = leafOf(ann, south.account, "c", 5 * UNIT);
        batch = post(leaves);
        p = sliceProof(batch, 0);
    }

    function _disputed() private returns (Batch memory batch, SliceProof memory p, Subject memory subject) {
        (batch, p) = _batch();
        subject = _dispute(batch, p);
    }

    /// @dev North gave back 20 of its row of 30, and nobody answers Ben's demand.
    function _concededAndDemanded() private returns (Batch memory batch, Subject memory demanded) {
        SliceProof memory p;
        Subject memory subject;
        (batch, p, subject) = _disputed();
        demanded = demand(batch, ben);
        vm.prank(north.account);
        disputes.concede(subject, p.slice);
    }

    function _dispute(Batch memory batch, SliceProof memory p) private returns (Subject memory subject) {
        (Hold memory credit, bytes32[] memory proof) = creditOf(batch, p.slice.leaf.provider);
        subject = subjectOf(Kind.Dispute, p);
        vm.prank(p.slice.leaf.customer);
        assertEq(disputes.dispute(p, credit, proof), idOf(subject));
    }
}
