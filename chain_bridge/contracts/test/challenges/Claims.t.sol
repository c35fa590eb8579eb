// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IChallenge} from "../../src/interfaces/IChallenge.sol";
import {IClaims} from "../../src/interfaces/IClaims.sol";
import {Leaf} from "../../src/libraries/Leaf.sol";
import {Iou} from "../../src/libraries/Messages.sol";
import {Rows} from "../../src/libraries/Rows.sol";
import {Hold, Subject} from "../../src/libraries/Subject.sol";
import {Proofs} from "../Proofs.sol";
import {CaseFixture} from "./CaseFixture.sol";

/// @title A hub that does not credit what it signed IOUs for
contract ClaimsTest is CaseFixture {
    function setUp() public override {
        super.setUp();
        guarantee(north, 100 * UNIT);
        guarantee(south, 100 * UNIT);
    }

    function test_the_guarantee_pays_what_a_hub_that_never_posted_had_signed() public {
        uint64 epoch = _missed();
        claim(north, epoch, 30 * UNIT);
        assertEq(guaranteed(north), 70 * UNIT);
        uint256 until = (uint256(epoch) + 1) * E + P + W + 7;
        vm.warp(until);
        vm.expectRevert(abi.encodeWithSelector(IChallenge.TooEarly.selector, until + 1, until));
        _pay(epoch, north);
        vm.warp(until + 1);
        _pay(epoch, north);
        assertEq(vault.balanceOf(north.account), 30 * UNIT + LEAF_FEE);
        assertEq(guaranteed(north), 70 * UNIT);
        (uint256 total,,,) = settlement.bondOf(hub, address(vault));
        assertEq(total, BOND - 30 * UNIT);
        vm.expectRevert(_notOpen(north, IChallenge.State.Ended));
        _pay(epoch, north);
        assertSolvent();
    }

    function test_claims_open_when_nothing_can_be_posted_any_more_and_close_after_the_window() public {
        uint64 epoch = currentEpoch();
        uint256 from = (uint256(epoch) + 1) * E + P + 1;
        (Iou memory iou, bytes memory signature) = iouOf(north, epoch, 5 * UNIT);
        vm.startPrank(north.account);
        vm.warp(from - 1);
        vm.expectRevert(abi.encodeWithSelector(IChallenge.TooEarly.selector, from, from - 1));
        claims.claim(iou, signature, iou.cumulative);
        vm.warp(from + W);
        uint256 until = from - 1 + W;
        vm.expectRevert(abi.encodeWithSelector(IChallenge.TooLate.selector, until, until + 1));
        claims.claim(iou, signature, iou.cumulative);
        vm.warp(until);
        claims.claim(iou, signature, iou.cumulative);
        assertEq(answerUntil(epoch, north), until + 7);
    }

    function test_a_row_that_was_paid_answers_and_the_deposit_is_the_hubs() public {
        Batch memory batch = _shaved(30 * UNIT);
        claim(north, batch.header.epoch, 30 * UNIT);
        assertEq(guaranteed(north), 70 * UNIT);
        _show(batch, north);
        assertEq(vault.balanceOf(hub), LEAF_FEE);
        assertEq(guaranteed(north), 100 * UNIT);
        vm.expectRevert(_notOpen(north, IChallenge.State.Answered));
        _pay(batch.header.epoch, north);
    }

    function test_the_guarantee_pays_the_difference_to_a_row_that_was_shaved() public {
        Batch memory batch = _shaved(30 * UNIT);
        claim(north, batch.header.epoch, 50 * UNIT);
        uint256 until = answerUntil(batch.header.epoch, north);
        assertEq(until, batch.header.postedAt + SPAN);
        vm.warp(until);
        _show(batch, north);
        vm.warp(until + 1);
        _pay(batch.header.epoch, north);
        assertEq(vault.balanceOf(north.account), 50 * UNIT + LEAF_FEE);
        assertEq(guaranteed(north), 80 * UNIT);
        assertEq(settlement.freeBond(hub, address(vault)), BOND - 200 * UNIT);
        assertSolvent();
    }

    function test_a_claim_leaves_what_it_does_not_ask_for_in_the_guarantee() public {
        Batch memory batch = _shaved(99 * UNIT);
        claim(north, batch.header.epoch, 100 * UNIT, UNIT);
        assertEq(guaranteed(north), 99 * UNIT);
        _show(batch, north);
        assertEq(guaranteed(north), 99 * UNIT);
        vm.warp(answerUntil(batch.header.epoch, north) + 1);
        _pay(batch.header.epoch, north);
        assertEq(vault.balanceOf(north.account), 100 * UNIT + LEAF_FEE);
        assertSolvent();
    }

    function test_nobody_claims_more_than_its_iou() public {
        uint64 epoch = _missed();
        claim(north, epoch, 30 * UNIT, 31 * UNIT);
        assertEq(claims.claimOf(hub, address(vault), epoch, north.account).due, 30 * UNIT);
    }

    function test_what_a_row_paid_counts_before_what_no_guarantee_stands_for() public {
        Batch memory batch = _shaved(30 * UNIT);
        claim(north, batch.header.epoch, 150 * UNIT);
        assertEq(claims.claimOf(hub, address(vault), batch.header.epoch, north.account).due, 100 * UNIT);
        _show(batch, north);
        assertEq(claims.claimOf(hub, address(vault), batch.header.epoch, north.account).due, 100 * UNIT);
        assertEq(guaranteed(north), 0);
    }

    function test_a_hub_answers_to_the_last_second_and_not_with_rows_that_are_only_posted() public {
        Leaf memory leaf = leafOf(ann, north.account, "job", 30 * UNIT);
        Batch memory batch = post(list(leaf));
        vm.warp(block.timestamp + P + 1);
        claim(north, batch.header.epoch, 30 * UNIT);
        vm.expectRevert(abi.encodeWithSelector(IClaims.CreditNotPaid.selector, 0, 0));
        this.show(batch, north);
        finalize(batch);
        uint256 until = answerUntil(batch.header.epoch, north);
        vm.warp(until + 1);
        vm.expectRevert(abi.encodeWithSelector(IChallenge.TooLate.selector, until, until + 1));
        this.show(batch, north);
        vm.warp(until);
        _show(batch, north);
    }

    function test_rows_of_several_parts_add_up_and_each_counts_once() public {
        (Person memory low, Person memory high) = ann.account < ben.account ? (ann, ben) : (ben, ann);
        uint64 epoch = currentEpoch();
        Leaf memory a = leafOf(low, north.account, "a", 10 * UNIT);
        Leaf memory b = leafOf(high, north.account, "b", 10 * UNIT);
        endEpoch();
        Batch memory first = post(list(a), totals(list(a), true), totals(list(a), false), epoch, 0, 2);
        Batch memory second = post(list(b), totals(list(b), true), totals(list(b), false), epoch, 1, 2);
        finalize(first);
        settlement.finalize(second.header, second.credits);
        vm.warp(second.header.postedAt + P + 1);
        claim(north, epoch, 20 * UNIT);
        _show(first, north);
        vm.expectRevert(abi.encodeWithSelector(IClaims.PartNotRising.selector, 0, 1));
        this.show(first, north);
        _show(second, north);
        assertEq(vault.balanceOf(hub), LEAF_FEE);
    }

    function test_nobody_shuts_the_hub_out_by_showing_a_row_in_its_place() public {
        Batch memory batch = post(list(leafOf(ann, north.account, "job", 20 * UNIT)));
        finalize(batch);
        vm.warp(batch.header.postedAt + P + 1);
        claim(north, batch.header.epoch, 20 * UNIT);
        bytes32[] memory proof = Proofs.creditProof(batch.credits, 0);
        vm.prank(north.account);
        vm.expectRevert(abi.encodeWithSelector(IChallenge.OtherParty.selector, hub, north.account));
        claims.showCredit(batch.header, batch.credits[0], 0, proof);
    }

    function test_a_payee_of_a_void_part_is_paid_by_its_guarantee_and_the_customer_by_the_cover() public {
        Batch memory batch = post(list(leafOf(ann, north.account, "job", 30 * UNIT)));
        Subject memory demanded = demand(batch, ann);
        finalize(batch);
        vm.warp(block.timestamp + 10);
        statements.voidPart(demanded, batch.header, batch.debits, batch.taken);
        vm.warp(batch.header.postedAt + P + 1);
        claim(south, batch.header.epoch, 30 * UNIT);
        vm.warp(answerUntil(batch.header.epoch, south) + 1);
        _pay(batch.header.epoch, south);
        assertEq(vault.balanceOf(south.account), 30 * UNIT + LEAF_FEE);
        assertEq(vault.balanceOf(ann.account), 1000 * UNIT + LEAF_FEE);
        assertSolvent();
    }

    function test_whatever_others_claim_a_payee_has_what_it_is_guaranteed() public {
        uint64 epoch = _missed();
        claim(south, epoch, 900 * UNIT);
        claim(north, epoch, 90 * UNIT);
        vm.warp(answerUntil(epoch, north) + 1);
        _pay(epoch, south);
        _pay(epoch, north);
        assertEq(vault.balanceOf(south.account), 100 * UNIT + LEAF_FEE);
        assertEq(vault.balanceOf(north.account), 90 * UNIT + LEAF_FEE);
    }

    function test_a_claim_that_no_guarantee_stands_for_is_refused() public {
        uint64 epoch = _missed();
        claim(north, epoch, 100 * UNIT);
        uint64 next = _missed();
        (Iou memory iou, bytes memory signature) = iouOf(north, next, UNIT);
        vm.prank(north.account);
        vm.expectRevert(abi.encodeWithSelector(IClaims.NoGuarantee.selector, hub, address(vault), north.account));
        claims.claim(iou, signature, iou.cumulative);
    }

    function test_an_iou_of_somebody_else_or_of_another_hub_is_refused() public {
        uint64 epoch = _missed();
        (Iou memory iou, bytes memory signature) = iouOf(north, epoch, UNIT);
        vm.prank(south.account);
        vm.expectRevert(abi.encodeWithSelector(IChallenge.OtherParty.selector, north.account, south.account));
        claims.claim(iou, signature, iou.cumulative);
        signature = signatureOf(south, claims.iouDigest(iou));
        vm.prank(north.account);
        vm.expectRevert(abi.encodeWithSelector(IChallenge.WrongSigner.selector, hub, south.account));
        claims.claim(iou, signature, iou.cumulative);
        claim(north, epoch, UNIT);
        (iou, signature) = iouOf(north, epoch, 2 * UNIT);
        vm.prank(north.account);
        vm.expectRevert(abi.encodeWithSelector(IClaims.ClaimExists.selector, north.account, IChallenge.State.Open));
        claims.claim(iou, signature, iou.cumulative);
    }

    function test_a_row_that_is_not_in_the_part_is_no_answer() public {
        Batch memory batch = _shaved(30 * UNIT);
        claim(north, batch.header.epoch, 30 * UNIT);
        (Hold memory credit, bytes32[] memory proof) = creditOf(batch, north.account);
        bytes32 more = Rows.withAmount(credit.row, 40 * UNIT);
        vm.expectRevert(abi.encodeWithSelector(IClaims.WrongCredit.selector, credit.index));
        vm.prank(hub);
        claims.showCredit(batch.header, more, credit.index, proof);
    }

    function show(Batch memory batch, Person memory who) external {
        _show(batch, who);
    }

    function _missed() private returns (uint64 epoch) {
        epoch = currentEpoch();
        vm.warp((uint256(epoch) + 1) * E + P + 1);
    }

    /// @dev A batch that credits `amount` to north, paid, when claims are open.
    function _shaved(uint96 amount) private returns (Batch memory batch) {
        batch = post(list(leafOf(ann, north.account, "job", amount)));
        finalize(batch);
        vm.warp(batch.header.postedAt + P + 1);
        vm.prank(north.account);
    }

    function _show(Batch memory batch, Person memory who) private {
        (Hold memory credit, bytes32[] memory proof) = creditOf(batch, who.account);
        vm.prank(hub);
        claims.showCredit(batch.header, credit.row, credit.index, proof);
    }

    function _pay(uint64 epoch, Person memory who) private {
        claims.payClaim(hub, address(vault), epoch, who.account);
    }

    function _notOpen(Person memory who, IChallenge.State state) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IClaims.ClaimNotOpen.selector, who.account, state);
    }
}
