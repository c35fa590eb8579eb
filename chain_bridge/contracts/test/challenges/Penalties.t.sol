// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Challenges} from "../../src/challenges/Challenges.sol";
import {IBonds} from "../../src/interfaces/IBonds.sol";
import {IChallenge, SliceProof} from "../../src/interfaces/IChallenge.sol";
import {IGuarantees} from "../../src/interfaces/IGuarantees.sol";
import {IRemedies} from "../../src/interfaces/IRemedies.sol";
import {ISettlement} from "../../src/interfaces/ISettlement.sol";
import {Headers} from "../../src/libraries/Header.sol";
import {Leaf} from "../../src/libraries/Leaf.sol";
import {Charge, Hold, Kind, Subject} from "../../src/libraries/Subject.sol";
import {CaseFixture} from "./CaseFixture.sol";

/// @title What a hub's bond pays, in which order, and that it cannot leave before
contract PenaltiesTest is CaseFixture {
    function test_a_penalty_is_collected_when_no_batch_of_its_day_is_open_and_is_burnt() public {
        (Batch memory batch, Subject memory subject) = _struck();
        uint96 debit = debitOf(batch.leaves[0]);
        uint256 collectableAt = (uint256(currentEpoch()) + 1) * E + P + SPAN + 1;
        vm.warp(collectableAt - 1);
        vm.expectRevert(abi.encodeWithSelector(IChallenge.TooEarly.selector, collectableAt, collectableAt - 1));
        challenges.collect(subject);
        vm.warp(collectableAt);
        challenges.collect(subject);
        assertEq(vault.balanceOf(anyone), debit / 10);
        assertEq(vault.balanceOf(NOBODY), debit - debit / 10);
        assertEq(penalties(), 0);
        assertEq(settlement.freeBond(hub, address(vault)), BOND - 2 * debit);
        vm.expectRevert(
            abi.encodeWithSelector(IChallenge.NothingToCollect.selector, idOf(subject), IChallenge.State.Lost, 0)
        );
        challenges.collect(subject);
    }

    function test_what_is_reserved_for_a_penalty_covers_no_post_and_pays_no_shortfall() public {
        Person memory cleo = _useSmallHub(withFee(30 * UNIT) * 2);
        Leaf memory leaf = leafOf(cleo, north.account, "job", 15 * UNIT);
        Batch memory batch = post(list(leaf, leaf));
        assertEq(settlement.freeBond(hub, address(vault)), withFee(30 * UNIT));
        demand(batch, cleo);
        assertEq(settlement.freeBond(hub, address(vault)), 0);
        vm.prank(hub);
        vm.expectRevert(abi.encodeWithSelector(IBonds.InsufficientBond.selector, hub, address(vault), 1, 0));
        settlement.requestUnbond(address(vault), 1);
    }

    function test_a_bond_does_not_leave_while_penalties_wait_and_pays_them_out_of_what_is_leaving() public {
        (Batch memory batch, uint96 debit) = _leavingWithAll(withFee(30 * UNIT) * 2);
        challenges.proveDuplicate(sliceProof(batch, 1), leafProof(batch, 0));
        challenges.proveDuplicate(sliceProof(batch, 0), leafProof(batch, 1));
        vm.warp(block.timestamp + U);
        vm.prank(hub);
        vm.expectRevert(abi.encodeWithSelector(IRemedies.PenaltiesOpen.selector, 2 * debit, 0));
        settlement.unbond(address(vault));
        challenges.collect(subjectOf(Kind.Fault, sliceProof(batch, 1)));
        challenges.collect(subjectOf(Kind.Fault, sliceProof(batch, 0)));
        assertEq(vault.balanceOf(NOBODY), 2 * (debit - debit / 10));
        _leaves(withFee(30 * UNIT));
        (uint256 total,,,) = settlement.bondOf(hub, address(vault));
        assertEq(total, 0);
        assertSolvent();
    }

    function test_a_bond_leaves_when_past_cover_pays_all_penalties() public {
        (Batch memory batch, uint96 debit) = _leavingWithAll(withFee(30 * UNIT));
        challenges.proveDuplicate(sliceProof(batch, 1), leafProof(batch, 0));
        vm.warp(block.timestamp + U);
        assertEq(penalties(), debit);
        _leaves(withFee(30 * UNIT));
        challenges.collect(subjectOf(Kind.Fault, sliceProof(batch, 1)));
        assertEq(penalties(), 0);
        assertEq(vault.balanceOf(NOBODY), debit - debit / 10);
        assertSolvent();
    }

    function test_a_penalty_above_the_bond_waits_for_what_comes_in() public {
        Person memory cleo = _useSmallHub(withFee(30 * UNIT));
        Leaf memory leaf = leafOf(cleo, north.account, "job", 15 * UNIT);
        Batch memory batch = post(list(leaf, leaf));
        vm.prank(anyone);
        challenges.proveDuplicate(sliceProof(batch, 1), leafProof(batch, 0));
        Subject memory demanded = demand(batch, cleo);
        finalize(batch);
        vm.warp(block.timestamp + 200);
        statements.voidPart(demanded, batch.header, batch.debits, batch.taken);
        vm.warp(block.timestamp + 200);
        Subject memory subject = subjectOf(Kind.Fault, sliceProof(batch, 1));
        challenges.collect(subject);
        statements.collect(demanded);
        assertEq(vault.balanceOf(NOBODY), 0);
        fundBond(hub, 40 * UNIT);
        assertEq(settlement.freeBond(hub, address(vault)), 0);
        challenges.collect(subject);
        statements.collect(demanded);
        assertEq(vault.balanceOf(NOBODY), 36 * UNIT);
        assertEq(penalties(), debitOf(leaf) * 3 - 40 * UNIT);
    }

    function test_cover_of_an_epoch_with_an_open_case_stays_and_that_of_others_does_not() public {
        Leaf memory leaf = leafOf(ann, north.account, "job", 10 * UNIT);
        Batch memory batch = post(list(leaf));
        SliceProof memory p = sliceProof(batch, 0);
        vm.prank(north.account);
        challenges.challengeReceipt(p);
        post(list(leafOf(ann, north.account, "next", 10 * UNIT)));
        vm.warp(block.timestamp + 500);
        settlement.releaseCover(hub, address(vault));
        assertEq(covering(), debitOf(leaf));
        challenges.strike(subjectOf(Kind.Receipt, p), p.slice);
        settlement.releaseCover(hub, address(vault));
        assertEq(covering(), 0);
    }

    function test_a_later_part_of_an_epoch_forgets_no_case_of_an_earlier_one() public {
        (Person memory low, Person memory high) = ann.account < ben.account ? (ann, ben) : (ben, ann);
        Leaf memory a = leafOf(low, north.account, "a", 10 * UNIT);
        Leaf memory b = leafOf(high, north.account, "b", 10 * UNIT);
        uint64 epoch = endEpoch();
        Batch memory first = post(list(a), totals(list(a), true), totals(list(a), false), epoch, 0, 2);
        Subject memory demanded = demand(first, low);
        post(list(b), totals(list(b), true), totals(list(b), false), epoch, 1, 2);
        assertEq(covering(), debitOf(a) + debitOf(b));
        vm.warp(block.timestamp + 500);
        settlement.releaseCover(hub, address(vault));
        assertEq(covering(), debitOf(a) + debitOf(b));
        statements.voidPart(demanded, first.header, first.debits, first.taken);
        settlement.releaseCover(hub, address(vault));
        assertEq(covering(), 0);
    }

    function test_a_hub_with_more_open_cases_than_places_ends_one_before_it_posts_again() public {
        SliceProof memory first;
        for (uint256 i = 0; i < 32; ++i) {
            Leaf memory leaf = leafOf(ann, north.account, vm.toString(i), UNIT);
            SliceProof memory p = sliceProof(post(list(leaf)), 0);
            if (i == 0) first = p;
            Hold memory none;
            vm.prank(ann.account);
            disputes.dispute(p, none, rows());
        }
        ISettlement.PostArgs memory args = argsOf(endEpoch(), 0, 1);
        vm.expectRevert(abi.encodeWithSelector(ISettlement.RingFull.selector, 32));
        post(args, rows(ann.account, 1), rows());
        disputes.expire(subjectOf(Kind.Dispute, first), first.slice);
        post(args, rows(ann.account, 1), rows());
        assertEq(covering(), 31 * debitOf(first.slice.leaf) + 1);
    }

    function test_a_case_about_an_epoch_that_is_past_finds_no_cover() public {
        Leaf memory leaf = leafOf(ann, north.account, "job", 10 * UNIT);
        Batch memory batch = post(list(leaf));
        vm.warp(batch.header.postedAt + SPAN + 1);
        settlement.releaseCover(hub, address(vault));
        vm.prank(address(challenges));
        vm.expectRevert(abi.encodeWithSelector(IRemedies.NoCover.selector, hub, address(vault), batch.header.epoch));
        settlement.openCase(hub, address(vault), batch.header.epoch, 0);
    }

    function test_only_the_challenges_reach_bonds_and_escrow() public {
        Subject memory subject;
        Hold memory held;
        Charge memory charge;
        address v = address(vault);
        bytes[7] memory calls = [
            abi.encodeCall(IRemedies.openCase, (hub, v, 1, 1)),
            abi.encodeCall(IRemedies.closeCase, (hub, v, 1, 1)),
            abi.encodeCall(IRemedies.strike, (subject, charge, 1, 0)),
            abi.encodeCall(IRemedies.collectPenalty, (hub, v, 1, anyone)),
            abi.encodeCall(IRemedies.hold, (subject, 0, 1, 1)),
            abi.encodeCall(IRemedies.endHold, (subject, held, charge, 1)),
            abi.encodeCall(IRemedies.voidPart, (subject, 1, rows()))
        ];
        for (uint256 i = 0; i < calls.length; ++i) {
            _refused(calls[i]);
        }
        _refused(abi.encodeCall(IGuarantees.useGuarantee, (hub, v, anyone, 1)));
        _refused(abi.encodeCall(IGuarantees.restoreGuarantee, (hub, v, anyone, 1)));
        _refused(abi.encodeCall(IGuarantees.payGuarantee, (hub, v, anyone, 1)));
    }

    function test_a_strike_that_was_done_cannot_be_done_again_by_another_challenge() public {
        (Batch memory batch, Subject memory subject) = _struck();
        (Charge memory charge,) = chargeOf(batch, ann.account);
        vm.prank(address(disputes));
        vm.expectRevert(abi.encodeWithSelector(IRemedies.AlreadyStruck.selector, Headers.hash(batch.header), 1));
        settlement.strike(subject, charge, 1, 0);
    }

    function test_a_challenge_that_the_settlement_did_not_fix_cannot_be_made() public {
        address made = vm.computeCreateAddress(address(this), vm.getNonce(address(this)));
        vm.expectRevert(abi.encodeWithSelector(IChallenge.NotFixed.selector, address(settlement), made));
        new Challenges(settlement, services, statements, LEAF_FEE);
    }

    function _struck() private returns (Batch memory batch, Subject memory subject) {
        Leaf memory leaf = leafOf(ann, north.account, "job", 10 * UNIT);
        batch = post(list(leaf, leaf));
        vm.prank(anyone);
        challenges.proveDuplicate(sliceProof(batch, 1), leafProof(batch, 0));
        subject = subjectOf(Kind.Fault, sliceProof(batch, 1));
    }

    function _useSmallHub(uint96 bond) private returns (Person memory cleo) {
        hub = makeAddr("small hub");
        fundBond(hub, bond);
        cleo = customer("cleo", 1000 * UNIT, 400 * UNIT);
        giveTokens(cleo.account);
    }

    /// @dev A small hub posted one slice twice, and wants all of its bond that covers nothing.
    function _leavingWithAll(uint96 free) private returns (Batch memory batch, uint96 debit) {
        Person memory cleo = _useSmallHub(withFee(30 * UNIT) + free);
        Leaf memory leaf = leafOf(cleo, north.account, "job", 15 * UNIT);
        batch = post(list(leaf, leaf));
        vm.prank(hub);
        settlement.requestUnbond(address(vault), free);
        debit = debitOf(leaf);
    }

    function _leaves(uint256 amount) private {
        vm.prank(hub);
        settlement.unbond(address(vault));
        assertEq(vault.balanceOf(hub), amount);
    }

    function _refused(bytes memory call) private {
        vm.prank(anyone);
        (bool done, bytes memory why) = address(settlement).call(call);
        assertFalse(done);
        assertEq(why, abi.encodeWithSelector(IRemedies.NotAChallenge.selector, anyone));
    }
}
