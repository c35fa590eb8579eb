// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SliceProof} from "../../src/interfaces/IChallenge.sol";
import {IBonds} from "../../src/interfaces/IBonds.sol";
import {IProviders} from "../../src/interfaces/IProviders.sol";
import {Leaf} from "../../src/libraries/Leaf.sol";
import {Hold, Kind, Subject} from "../../src/libraries/Subject.sol";
import {CaseFixture} from "./CaseFixture.sol";

/// @title What a court could decide: the seam, with a court that is one address
contract VerdictsTest is CaseFixture {
    function court() internal pure override returns (address) {
        return address(0xc0417);
    }

    function test_a_verdict_for_the_customer_refunds_it_and_costs_the_provider_as_much_again() public {
        (Batch memory batch, SliceProof memory p, Subject memory subject) = _disputed(20 * UNIT);
        uint96 debit = debitOf(p.slice.leaf);
        assertEq(providers.reservedOf(north.account, address(vault)), 2 * debit);
        vm.prank(court());
        disputes.decide(subject, p.slice, true);
        uint96 reward = debit / 10;
        assertEq(vault.balanceOf(ann.account), 1000 * UNIT + debit / 10 + reward);
        assertEq(vault.balanceOf(NOBODY), debit - reward);
        (uint256 bonded,,) = providers.bondOf(north.account, address(vault));
        assertEq(bonded, 500 * UNIT - (debit - 20 * UNIT) - debit);
        assertEq(providers.reservedOf(north.account, address(vault)), 0);
        finalize(batch);
        assertEq(vault.balanceOf(north.account), 0);
        assertTrue(settlement.isStruck(hub, address(vault), subject.epoch, 0, 0));
        assertSolvent();
    }

    function test_two_disputes_never_count_on_the_same_part_of_a_providers_bond() public {
        Leaf memory first = leafOf(ann, north.account, "first", 190 * UNIT);
        Batch memory batch = post(list(first, leafOf(ann, north.account, "second", 190 * UNIT)));
        (Hold memory credit, bytes32[] memory proof) = creditOf(batch, north.account);
        uint256[2] memory reserved;
        for (uint256 i = 0; i < 2; ++i) {
            vm.prank(ann.account);
            (, reserved[i]) = disputes.holdOf(disputes.dispute(sliceProof(batch, i), credit, proof));
        }
        assertEq(reserved[0], 2 * debitOf(first));
        assertEq(reserved[1], 500 * UNIT - reserved[0]);
        assertEq(providers.reservedOf(north.account, address(vault)), 500 * UNIT);
    }

    function test_a_verdict_for_the_provider_pays_as_posted() public {
        (Batch memory batch, SliceProof memory p, Subject memory subject) = _disputed(20 * UNIT);
        vm.prank(court());
        disputes.decide(subject, p.slice, false);
        finalize(batch);
        assertEq(vault.balanceOf(north.account), 20 * UNIT + debitOf(p.slice.leaf) / 10);
        (uint256 bonded,,) = providers.bondOf(north.account, address(vault));
        assertEq(bonded, 500 * UNIT);
        assertEq(providers.reservedOf(north.account, address(vault)), 0);
    }

    function test_a_dispute_that_its_provider_conceded_leaves_the_bond_to_its_owner() public {
        (, SliceProof memory p, Subject memory subject) = _disputed(20 * UNIT);
        vm.prank(north.account);
        disputes.concede(subject, p.slice);
        _leavesWithItsWholeBond();
    }

    function test_a_dispute_that_the_hub_conceded_leaves_the_providers_bond_to_its_owner() public {
        (, SliceProof memory p, Subject memory subject) = _disputed(20 * UNIT);
        vm.prank(hub);
        disputes.concedeByHub(subject, p.slice);
        _leavesWithItsWholeBond();
    }

    function test_what_a_providers_bond_does_not_pay_the_hubs_cover_stands_for() public {
        vm.prank(north.account);
        providers.requestUnbond(address(vault), 500 * UNIT);
        vm.warp(block.timestamp + U);
        vm.prank(north.account);
        providers.unbond(address(vault));
        (Batch memory batch, SliceProof memory p, Subject memory subject) = _disputed(20 * UNIT);
        uint96 debit = debitOf(p.slice.leaf);
        vm.prank(court());
        disputes.decide(subject, p.slice, true);
        assertEq(vault.balanceOf(ann.account), 1000 * UNIT + debit / 10);
        assertEq(covering(), 20 * UNIT);
        finalize(batch);
        assertEq(vault.custodyOf(address(settlement)), BOND - (debit - 20 * UNIT));
        assertSolvent();
    }

    function test_an_open_dispute_keeps_a_provider_from_leaving_and_a_leaving_bond_is_slashed() public {
        uint256 start = block.timestamp;
        vm.warp(start + 13);
        vm.prank(north.account);
        providers.requestUnbond(address(vault), 500 * UNIT);
        vm.warp(start + 79);
        (, SliceProof memory p, Subject memory subject) = _disputed(20 * UNIT);
        uint96 debit = debitOf(p.slice.leaf);
        vm.warp(start + 13 + U);
        vm.prank(north.account);
        vm.expectRevert(
            abi.encodeWithSelector(IProviders.BondInUse.selector, north.account, address(vault), 2 * debit, 0)
        );
        providers.unbond(address(vault));
        vm.prank(court());
        disputes.decide(subject, p.slice, true);
        (uint256 bonded, uint256 leaving,) = providers.bondOf(north.account, address(vault));
        assertEq(leaving, bonded);
        vm.prank(north.account);
        providers.unbond(address(vault));
        assertEq(vault.balanceOf(north.account), bonded);
        vm.prank(north.account);
        vm.expectRevert(abi.encodeWithSelector(IBonds.NoUnbondPending.selector, north.account, address(vault)));
        providers.unbond(address(vault));
    }

    function test_only_the_challenges_reach_a_providers_bond() public {
        bytes memory refused = abi.encodeWithSelector(IProviders.NotAChallenge.selector, anyone);
        vm.startPrank(anyone);
        vm.expectRevert(refused);
        providers.reserve(north.account, address(vault), 1);
        vm.expectRevert(refused);
        providers.unreserve(north.account, address(vault), 1);
        vm.expectRevert(refused);
        providers.slash(north.account, address(vault), 1, 1, anyone);
    }

    function _leavesWithItsWholeBond() private {
        assertEq(providers.reservedOf(north.account, address(vault)), 0);
        vm.startPrank(north.account);
        providers.requestUnbond(address(vault), 500 * UNIT);
        vm.warp(block.timestamp + U);
        providers.unbond(address(vault));
        vm.stopPrank();
        (uint256 bonded,,) = providers.bondOf(north.account, address(vault));
        assertEq(bonded, 0);
        assertSolvent();
    }

    function _disputed(uint96 amount)
        private
        returns (Batch memory batch, SliceProof memory p, Subject memory subject)
    {
        Leaf memory leaf = leafOf(ann, north.account, "job", amount);
        batch = post(list(leaf));
        p = sliceProof(batch, 0);
        (Hold memory credit, bytes32[] memory proof) = creditOf(batch, north.account);
        subject = subjectOf(Kind.Dispute, p);
        vm.prank(ann.account);
        disputes.dispute(p, credit, proof);
    }
}
