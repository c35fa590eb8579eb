// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {IChallenge, SliceProof} from "../../src/interfaces/IChallenge.sol";
import {IChallenges} from "../../src/interfaces/IChallenges.sol";
import {ICreditLines} from "../../src/interfaces/ICreditLines.sol";
import {Leaf} from "../../src/libraries/Leaf.sol";
import {Messages, Order} from "../../src/libraries/Messages.sol";
import {Kind, Subject} from "../../src/libraries/Subject.sol";
import {CaseFixture} from "./CaseFixture.sol";

/// @title A hub that invents jobs, or charges more than was ordered
contract OrdersTest is CaseFixture {
    Order private order;

    function setUp() public override {
        super.setUp();
        order = Order(hub, address(vault), ben.account, 0, keccak256("spec"), 50 * UNIT, 7, FOREVER);
    }

    function test_the_signed_order_answers_and_the_deposit_is_the_hubs() public {
        (Batch memory batch, SliceProof memory p, Subject memory subject) = _challenged(20 * UNIT);
        assertEq(penalties(), debitOf(p.slice.leaf));
        vm.warp(block.timestamp + 7);
        vm.prank(anyone);
        challenges.showOrder(subject, p.slice, order, _signature());
        assertEq(vault.balanceOf(hub), LEAF_FEE);
        assertEq(penalties(), 0);
        bytes memory ended =
            abi.encodeWithSelector(IChallenge.CaseNotOpen.selector, idOf(subject), IChallenge.State.Answered);
        vm.expectRevert(ended);
        challenges.strike(subject, p.slice);
        bytes memory signature = _signature();
        vm.expectRevert(ended);
        challenges.showOrder(subject, p.slice, order, signature);
        finalize(batch);
        assertEq(vault.balanceOf(north.account), 20 * UNIT);
        assertSolvent();
    }

    function test_a_job_that_nobody_ordered_is_struck_and_the_hub_pays() public {
        (Batch memory batch, SliceProof memory p, Subject memory subject) = _challenged(20 * UNIT);
        uint256 due = block.timestamp + 7;
        vm.warp(due);
        vm.expectRevert(abi.encodeWithSelector(IChallenge.TooEarly.selector, due + 1, due));
        challenges.strike(subject, p.slice);
        vm.warp(due + 1);
        bytes memory signature = _signature();
        vm.expectRevert(abi.encodeWithSelector(IChallenge.TooLate.selector, due, due + 1));
        challenges.showOrder(subject, p.slice, order, signature);
        uint256 before = vault.balanceOf(ben.account);
        uint96 debit = debitOf(p.slice.leaf);
        vm.prank(anyone);
        challenges.strike(subject, p.slice);
        assertEq(vault.balanceOf(ben.account), before + debit + LEAF_FEE);
        assertEq(penalties(), debit);
        finalize(batch);
        assertEq(vault.balanceOf(north.account), 20 * UNIT);
        vm.expectRevert(abi.encodeWithSelector(IChallenge.CaseNotOpen.selector, idOf(subject), IChallenge.State.Lost));
        challenges.strike(subject, p.slice);
        assertSolvent();
    }

    function test_an_order_does_not_cover_more_than_its_maximum() public {
        (, SliceProof memory p, Subject memory subject) = _challenged(49 * UNIT);
        assertGt(p.slice.leaf.cumulative, order.maxAmount);
        bytes memory signature = _signature();
        vm.expectRevert(
            abi.encodeWithSelector(IChallenges.OrderExceeded.selector, p.slice.leaf.cumulative, order.maxAmount)
        );
        challenges.showOrder(subject, p.slice, order, signature);
    }

    function test_an_order_of_another_party_service_or_time_does_not_cover() public {
        _doesNotCover(Order(anyone, address(vault), ben.account, 0, 0, 50 * UNIT, 7, FOREVER));
        _doesNotCover(Order(hub, anyone, ben.account, 0, 0, 50 * UNIT, 7, FOREVER));
        _doesNotCover(Order(hub, address(vault), ann.account, 0, 0, 50 * UNIT, 7, FOREVER));
        _doesNotCover(Order(hub, address(vault), ben.account, 3, 0, 50 * UNIT, 7, FOREVER));
        uint64 tooEarly = uint64(currentEpoch() * E) + 4;
        _doesNotCover(Order(hub, address(vault), ben.account, 0, 0, 50 * UNIT, 7, tooEarly));
    }

    function test_work_up_to_the_last_millisecond_of_an_order_is_covered() public {
        order.expiresAt = uint64(currentEpoch() * E) + 5;
        (, SliceProof memory p, Subject memory subject) = _challenged(20 * UNIT);
        assertEq(p.slice.leaf.toMs, order.expiresAt * 1000);
        challenges.showOrder(subject, p.slice, order, _signature());
    }

    function test_another_order_or_another_signer_is_no_answer() public {
        (, SliceProof memory p, Subject memory subject) = _challenged(20 * UNIT);
        Order memory other = order;
        other.nonce = 8;
        bytes32 otherDigest = digestOf(Messages.hash(other));
        bytes memory signature = signatureOf(signer, otherDigest);
        vm.expectRevert(abi.encodeWithSelector(IChallenges.OtherJob.selector, p.slice.leaf.jobId, otherDigest));
        challenges.showOrder(subject, p.slice, other, signature);
        signature = signatureOf(ben, _digest());
        vm.expectRevert(abi.encodeWithSelector(IChallenge.WrongSigner.selector, signer.account, ben.account));
        challenges.showOrder(subject, p.slice, order, signature);
        vm.expectRevert(abi.encodeWithSelector(ECDSA.ECDSAInvalidSignatureLength.selector, 3));
        challenges.showOrder(subject, p.slice, order, "abc");
    }

    function test_the_signer_of_the_leafs_epoch_counts_also_after_a_change() public {
        Person memory next = person("next order signer");
        openLine(ben, 400 * UNIT, next.account);
        (, ICreditLines.Terms memory changed) = lines.lineOf(ben.account, address(settlement), hub, address(vault));
        // The last epoch of the old signer: when its leaf is posted, the new one is in force.
        vm.warp((uint256(changed.fromEpoch) - 1) * E);
        (, SliceProof memory p, Subject memory subject) = _challenged(20 * UNIT);
        assertEq(_signerIn(p.slice.leaf.epoch), signer.account);
        assertEq(_signerIn(currentEpoch()), next.account);
        bytes memory signature = signatureOf(next, _digest());
        vm.expectRevert(abi.encodeWithSelector(IChallenge.WrongSigner.selector, signer.account, next.account));
        challenges.showOrder(subject, p.slice, order, signature);
        challenges.showOrder(subject, p.slice, order, _signature());
    }

    function test_only_the_customer_challenges_and_only_with_an_order_signer() public {
        Leaf memory leaf = leafOf(ann, north.account, "job", 10 * UNIT);
        SliceProof memory p = sliceProof(post(list(leaf)), 0);
        vm.prank(ann.account);
        vm.expectRevert(abi.encodeWithSelector(IChallenges.NoOrderSigner.selector, ann.account, leaf.epoch));
        challenges.challengeOrder(p);
        vm.prank(north.account);
        vm.expectRevert(abi.encodeWithSelector(IChallenge.OtherParty.selector, ann.account, north.account));
        challenges.challengeOrder(p);
    }

    function test_a_leaf_is_challenged_within_the_window_and_once() public {
        Batch memory batch = post(list(_leaf(20 * UNIT)));
        SliceProof memory p = sliceProof(batch, 0);
        uint256 until = batch.header.postedAt + W;
        vm.startPrank(ben.account);
        vm.warp(until + 1);
        vm.expectRevert(abi.encodeWithSelector(IChallenge.TooLate.selector, until, until + 1));
        challenges.challengeOrder(p);
        vm.warp(until);
        bytes32 id = challenges.challengeOrder(p);
        vm.expectRevert(abi.encodeWithSelector(IChallenge.CaseExists.selector, id, IChallenge.State.Open));
        challenges.challengeOrder(p);
    }

    function test_an_answer_to_another_case_or_slice_is_refused() public {
        (, SliceProof memory p, Subject memory subject) = _challenged(20 * UNIT);
        bytes memory signature = _signature();
        bytes32 content = subject.content;
        p.slice.leaf.providerAmount += 1;
        bytes32 wrong = keccak256(abi.encode(p.slice));
        vm.expectRevert(abi.encodeWithSelector(IChallenge.WrongContent.selector, wrong, content));
        challenges.showOrder(subject, p.slice, order, signature);
        p.slice.leaf.providerAmount -= 1;
        subject.kind = Kind.Receipt;
        vm.expectRevert(abi.encodeWithSelector(IChallenge.WrongKind.selector, Kind.Receipt, Kind.Order));
        challenges.showOrder(subject, p.slice, order, signature);
        subject.kind = Kind.Order;
        subject.index += 1;
        vm.expectRevert(abi.encodeWithSelector(IChallenge.CaseNotOpen.selector, idOf(subject), IChallenge.State.None));
        challenges.showOrder(subject, p.slice, order, signature);
    }

    function test_a_leaf_that_was_struck_meanwhile_is_refunded_once_and_fined_for_both() public {
        Leaf memory leaf = _leaf(20 * UNIT);
        Batch memory batch = post(list(leaf, leaf));
        SliceProof memory p = sliceProof(batch, 1);
        Subject memory subject = subjectOf(Kind.Order, p);
        vm.prank(ben.account);
        challenges.challengeOrder(p);
        challenges.proveDuplicate(p, leafProof(batch, 0));
        uint256 before = vault.balanceOf(ben.account);
        vm.warp(block.timestamp + 8);
        challenges.strike(subject, p.slice);
        assertEq(vault.balanceOf(ben.account), before + LEAF_FEE);
        assertEq(penalties(), 2 * debitOf(leaf));
        assertSolvent();
    }

    function _challenged(uint96 amount)
        private
        returns (Batch memory batch, SliceProof memory p, Subject memory subject)
    {
        batch = post(list(_leaf(amount)));
        p = sliceProof(batch, 0);
        subject = subjectOf(Kind.Order, p);
        vm.prank(ben.account);
        assertEq(challenges.challengeOrder(p), idOf(subject));
    }

    function _doesNotCover(Order memory wrong) private {
        order = wrong;
        (, SliceProof memory p, Subject memory subject) = _challenged(20 * UNIT);
        bytes memory signature = _signature();
        vm.expectRevert(abi.encodeWithSelector(IChallenges.OrderDoesNotCover.selector, _digest()));
        challenges.showOrder(subject, p.slice, order, signature);
    }

    function _leaf(uint96 amount) private view returns (Leaf memory leaf) {
        leaf = leafOf(ben, north.account, "", amount);
        leaf.jobId = _digest();
    }

    function _signerIn(uint64 epoch) private view returns (address) {
        return lines.orderSignerOf(ben.account, address(settlement), hub, address(vault), epoch);
    }

    function _digest() private view returns (bytes32) {
        return digestOf(Messages.hash(order));
    }

    function _signature() private view returns (bytes memory) {
        return signatureOf(signer, _digest());
    }
}
