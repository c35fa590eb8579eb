// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SliceProof} from "../../src/interfaces/IChallenge.sol";
import {Leaf} from "../../src/libraries/Leaf.sol";
import {Hold, Kind} from "../../src/libraries/Subject.sol";
import {CaseFixture} from "./CaseFixture.sol";

/// @title Nothing that was opened keeps a bond for ever
contract EndingsTest is CaseFixture {
    function test_a_dispute_about_a_provider_that_no_vault_can_credit_ends() public {
        _disputeOf(address(0));
        _disputeOf(address(vault));
    }

    function test_a_bond_that_is_full_to_the_last_bit_does_not_keep_payees_from_being_paid() public {
        guarantee(north, 50 * UNIT);
        Batch memory batch = post(list(leafOf(ann, north.account, "job", 30 * UNIT)));
        finalize(batch);
        vm.warp(batch.header.postedAt + P + 1);
        claim(north, batch.header.epoch, 50 * UNIT);
        fundBond(hub, type(uint96).max - settlement.freeBond(hub, address(vault)) - covering());
        (Hold memory credit, bytes32[] memory proof) = creditOf(batch, north.account);
        vm.prank(hub);
        claims.showCredit(batch.header, credit.row, credit.index, proof);
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
}
