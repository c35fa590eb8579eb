// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IChallenge, SliceProof} from "../../src/interfaces/IChallenge.sol";
import {IChallenges} from "../../src/interfaces/IChallenges.sol";
import {Leaf} from "../../src/libraries/Leaf.sol";
import {Messages, Receipt as SignedReceipt} from "../../src/libraries/Messages.sol";
import {Kind, Subject} from "../../src/libraries/Subject.sol";
import {CaseFixture} from "./CaseFixture.sol";

/// @title A hub that puts work on a provider that did not sign for it
contract ReceiptsTest is CaseFixture {
    SignedReceipt private receipt;

    function test_the_signed_receipt_answers_and_the_deposit_is_the_hubs() public {
        (Batch memory batch, SliceProof memory p, Subject memory subject) = _challenged();
        vm.warp(block.timestamp + 7);
        challenges.showReceipt(subject, p.slice, receipt, _signature());
        assertEq(vault.balanceOf(hub), LEAF_FEE);
        assertEq(penalties(), 0);
        finalize(batch);
        assertEq(vault.balanceOf(north.account), 20 * UNIT);
    }

    function test_work_that_its_provider_did_not_sign_for_is_struck_and_the_customer_refunded() public {
        (Batch memory batch, SliceProof memory p, Subject memory subject) = _challenged();
        vm.warp(block.timestamp + 8);
        bytes memory signature = _signature();
        vm.expectRevert(abi.encodeWithSelector(IChallenge.TooLate.selector, block.timestamp - 1, block.timestamp));
        challenges.showReceipt(subject, p.slice, receipt, signature);
        uint256 before = vault.balanceOf(ann.account);
        challenges.strike(subject, p.slice);
        assertEq(vault.balanceOf(ann.account), before + debitOf(p.slice.leaf));
        assertEq(vault.balanceOf(north.account), LEAF_FEE);
        finalize(batch);
        assertSolvent();
    }

    function test_a_receipt_for_more_time_and_money_than_is_charged_later_covers_the_slice() public {
        _prepare();
        receipt.fromMs -= 1;
        receipt.toMs += 1;
        receipt.providerAmount += 1;
        (, SliceProof memory p, Subject memory subject) = _challengedAs(_leafOfLater(1));
        challenges.showReceipt(subject, p.slice, receipt, _signature());
    }

    function test_a_receipt_that_differs_from_the_slice_does_not_cover_it() public {
        for (uint256 i = 0; i < 11; ++i) {
            _prepare();
            if (i == 0) receipt.hub = anyone;
            if (i == 1) receipt.vault = anyone;
            if (i == 2) receipt.customer = ben.account;
            if (i == 3) receipt.jobId = keccak256("other");
            if (i == 4) receipt.attempt = 1;
            if (i == 5) receipt.epoch += 1;
            if (i == 6) receipt.fromMs += 1;
            if (i == 7) receipt.toMs -= 1;
            if (i == 8) receipt.providerAmount -= 1;
            if (i == 9) receipt.resultDigest = keccak256("other");
            if (i == 10) receipt.hub = address(0);
            (, SliceProof memory p, Subject memory subject) = _challengedAs(_leaf());
            bytes memory signature = _signature();
            vm.expectRevert(abi.encodeWithSelector(IChallenges.ReceiptDoesNotCover.selector, _digest()));
            challenges.showReceipt(subject, p.slice, receipt, signature);
        }
    }

    function test_another_receipt_or_another_key_is_no_answer() public {
        (, SliceProof memory p, Subject memory subject) = _challenged();
        bytes memory signature = signatureOf(north, _digest());
        vm.expectRevert(abi.encodeWithSelector(IChallenge.WrongSigner.selector, northKey.account, north.account));
        challenges.showReceipt(subject, p.slice, receipt, signature);
        bytes32 digest = _digest();
        receipt.seq += 1;
        signature = _signature();
        vm.expectRevert(abi.encodeWithSelector(IChallenges.OtherReceipt.selector, digest, _digest()));
        challenges.showReceipt(subject, p.slice, receipt, signature);
    }

    function test_the_key_of_the_receipts_epoch_counts_also_after_a_change() public {
        _prepare();
        Leaf memory leaf = _leafAfterTheKeyChanged();
        (, SliceProof memory p, Subject memory subject) = _challengedAs(leaf);
        challenges.showReceipt(subject, p.slice, receipt, _signature());
    }

    function test_a_key_that_was_given_up_signs_for_no_later_time() public {
        _prepare();
        Leaf memory leaf = _leafAfterTheKeyChanged();
        // Whoever found the old key dates work of today back to its time.
        (leaf.fromMs, leaf.toMs) = (leaf.epoch * uint64(E) * 1000, leaf.epoch * uint64(E) * 1000 + 5000);
        (receipt.fromMs, receipt.toMs) = (leaf.fromMs, leaf.toMs);
        leaf.receiptDigest = _digest();
        (, SliceProof memory p, Subject memory subject) = _challengedAs(leaf);
        bytes memory signature = _signature();
        vm.expectRevert(abi.encodeWithSelector(IChallenges.ReceiptDoesNotCover.selector, leaf.receiptDigest));
        challenges.showReceipt(subject, p.slice, receipt, signature);
    }

    function test_only_the_named_provider_challenges() public {
        _prepare();
        SliceProof memory p = sliceProof(post(list(_leaf())), 0);
        vm.prank(south.account);
        vm.expectRevert(abi.encodeWithSelector(IChallenge.OtherParty.selector, north.account, south.account));
        challenges.challengeReceipt(p);
    }

    function _prepare() private {
        Leaf memory leaf = leafOf(ann, north.account, "job", 20 * UNIT);
        receipt = SignedReceipt({
            hub: hub,
            vault: address(vault),
            customer: ann.account,
            jobId: leaf.jobId,
            attempt: 0,
            epoch: leaf.epoch,
            seq: 9,
            fromMs: leaf.fromMs,
            toMs: leaf.toMs,
            gpuMilliseconds: 5000,
            providerAmount: 20 * UNIT,
            outcome: 1,
            resultDigest: keccak256("result")
        });
    }

    function _leaf() private view returns (Leaf memory leaf) {
        leaf = leafOf(ann, north.account, "job", 20 * UNIT);
        (leaf.resultDigest, leaf.receiptDigest) = (keccak256("result"), _digest());
    }

    /// @dev The slice of the receipt, sealed so many epochs after it.
    function _leafOfLater(uint64 epochs) private returns (Leaf memory leaf) {
        leaf = _leaf();
        vm.warp(block.timestamp + epochs * E);
        leaf.epoch += epochs;
    }

    function _leafAfterTheKeyChanged() private returns (Leaf memory leaf) {
        vm.prank(north.account);
        providers.setReceiptKey(anyone);
        leaf = _leafOfLater(uint64(N / E) + 2);
        assertEq(providers.receiptKeyOf(north.account, leaf.epoch), anyone);
    }

    function _challenged() private returns (Batch memory batch, SliceProof memory p, Subject memory subject) {
        _prepare();
        return _challengedAs(_leaf());
    }

    function _challengedAs(Leaf memory leaf)
        private
        returns (Batch memory batch, SliceProof memory p, Subject memory subject)
    {
        batch = post(list(leaf));
        p = sliceProof(batch, 0);
        subject = subjectOf(Kind.Receipt, p);
        vm.prank(north.account);
        challenges.challengeReceipt(p);
    }

    function _digest() private view returns (bytes32) {
        return digestOf(Messages.hash(receipt));
    }

    function _signature() private view returns (bytes memory) {
        return signatureOf(northKey, _digest());
    }
}
