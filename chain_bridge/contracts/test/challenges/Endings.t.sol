// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IClaims} from "../../src/interfaces/IClaims.sol";
import {IChallenge, SliceProof} from "../../src/interfaces/IChallenge.sol";
import {Leaf} from "../../src/libraries/Leaf.sol";
import {Iou, Messages} from "../../src/libraries/Messages.sol";
import {Hold, Kind, Subject} from "../../src/libraries/Subject.sol";
import {CaseFixture} from "./CaseFixture.sol";

/// @title Nothing that was opened keeps a bond for ever
contract EndingsTest is CaseFixture {
    function test_claims_that_were_all_answered_do_not_keep_the_cover() public {
        Batch memory batch = _answered();
        IClaims.Pool memory pool = claims.poolOf(hub, address(vault), batch.header.epoch);
        vm.warp(batch.header.postedAt + SPAN + 1);
        settlement.releaseCover(hub, address(vault));
        assertEq(covering(), batch.header.debits);
        claims.closePool(hub, address(vault), batch.header.epoch);
        settlement.releaseCover(hub, address(vault));
        assertEq(covering(), 0);
        assertEq(pool.due, 0);
        assertEq(settlement.freeBond(hub, address(vault)), BOND);
    }

    function test_a_pool_closes_when_nobody_can_answer_any_more_and_closing_it_again_changes_nothing() public {
        Batch memory batch = _answered();
        uint256 until = uint256(claims.poolOf(hub, address(vault), batch.header.epoch).until) + 7;
        vm.warp(until);
        vm.expectRevert(abi.encodeWithSelector(IChallenge.TooEarly.selector, until + 1, until));
        claims.closePool(hub, address(vault), batch.header.epoch);
        vm.warp(until + 1);
        claims.closePool(hub, address(vault), batch.header.epoch);
        claims.closePool(hub, address(vault), batch.header.epoch);
        assertTrue(claims.poolOf(hub, address(vault), batch.header.epoch).closed);
    }

    function test_a_pool_that_nobody_claimed_from_cannot_be_closed_and_ends_nobodys_case() public {
        Batch memory batch = post(list(leafOf(ann, north.account, "job", 30 * UNIT)));
        Subject memory demanded = demand(batch, ann);
        vm.warp(batch.header.postedAt + SPAN + 1);
        bytes memory refused = abi.encodeWithSelector(IClaims.NoPool.selector, hub, address(vault), batch.header.epoch);
        vm.expectRevert(refused);
        claims.closePool(hub, address(vault), batch.header.epoch);
        statements.voidPart(demanded, batch.header, batch.debits, batch.taken);
    }

    function test_a_dispute_about_a_provider_that_no_vault_can_credit_ends() public {
        _disputeOf(address(0));
        _disputeOf(address(vault));
    }

    function test_a_bond_that_is_full_to_the_last_bit_does_not_keep_payees_from_being_paid() public {
        Batch memory batch = post(list(leafOf(ann, north.account, "job", 30 * UNIT)));
        finalize(batch);
        vm.warp(batch.header.postedAt + P + 1);
        _claim(batch, 50 * UNIT);
        (uint256 total,,,) = settlement.bondOf(hub, address(vault));
        fundBond(hub, type(uint96).max - total);
        _show(batch);
        vm.warp(batch.header.postedAt + SPAN + 1);
        claims.payClaim(hub, address(vault), batch.header.epoch, north.account);
        assertEq(vault.balanceOf(north.account), 30 * UNIT + 20 * UNIT + LEAF_FEE);
        assertSolvent();
    }

    function _disputeOf(address provider) private {
        Leaf[] memory leaves = list(leafOf(ann, provider, "job", 10 * UNIT));
        Batch memory batch = post(leaves, totals(leaves, true), rows());
        SliceProof memory p = sliceProof(batch, 0);
        Hold memory none;
        uint256 before = vault.balanceOf(ann.account);
        vm.prank(ann.account);
        disputes.dispute(p, none, new bytes32[](0));
        vm.warp(batch.header.postedAt + SPAN + 1);
        disputes.expire(subjectOf(Kind.Dispute, p), p.slice);
        assertEq(vault.balanceOf(ann.account), before + debitOf(leaves[0]) / 10);
        settlement.releaseCover(hub, address(vault));
        assertEq(covering(), 0);
    }

    /// @dev A batch whose only payee claimed and was shown its row.
    function _answered() private returns (Batch memory batch) {
        batch = post(list(leafOf(ann, north.account, "job", 30 * UNIT)));
        finalize(batch);
        vm.warp(batch.header.postedAt + P + 1);
        _claim(batch, 30 * UNIT);
        _show(batch);
    }

    function _claim(Batch memory batch, uint96 amount) private {
        Iou memory iou = Iou(hub, address(vault), batch.header.epoch, north.account, 1, amount);
        bytes memory signature = signatureOf(hubPerson, digestOf(Messages.hash(iou)));
        vm.prank(north.account);
        claims.claim(iou, signature);
    }

    function _show(Batch memory batch) private {
        (Hold memory credit, bytes32[] memory proof) = creditOf(batch, north.account);
        vm.prank(hub);
        claims.showCredit(batch.header, credit.row, credit.index, proof);
    }
}
