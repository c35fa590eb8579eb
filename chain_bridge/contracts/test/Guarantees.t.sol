// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IBonds} from "../src/interfaces/IBonds.sol";
import {IGuarantees} from "../src/interfaces/IGuarantees.sol";
import {ISettlement} from "../src/interfaces/ISettlement.sol";
import {CaseFixture} from "./challenges/CaseFixture.sol";

/// @title What a hub sets aside for one payee, and how it has it back
contract GuaranteesTest is CaseFixture {
    function test_a_guarantee_leaves_the_free_bond_and_stays_the_hubs() public {
        vm.expectEmit();
        emit IGuarantees.Guaranteed(hub, address(vault), north.account, 30 * UNIT);
        guarantee(north, 30 * UNIT);
        vm.expectEmit();
        emit IGuarantees.Guaranteed(hub, address(vault), north.account, 20 * UNIT);
        guarantee(north, 50 * UNIT);
        assertEq(guaranteed(north), 50 * UNIT);
        assertEq(settlement.freeBond(hub, address(vault)), BOND - 50 * UNIT);
        (uint256 total, uint256 covering_,,) = settlement.bondOf(hub, address(vault));
        assertEq(total, BOND);
        assertEq(covering_, 0);
    }

    function test_nobody_guarantees_more_than_what_is_free_and_not_reserved_for_penalties() public {
        post(list(leafOf(ann, north.account, "job", 10 * UNIT)));
        uint64 epoch = currentEpoch() - 1;
        uint256 free = settlement.freeBond(hub, address(vault));
        vm.prank(address(challenges));
        settlement.openCase(hub, address(vault), epoch, 40 * UNIT);
        _refused(free - 40 * UNIT + 1, free - 40 * UNIT);
        guarantee(north, free - 40 * UNIT);
        _refused(free - 40 * UNIT + 1, 0);
    }

    function test_no_post_no_exit_and_no_penalty_takes_what_is_guaranteed() public {
        guarantee(north, BOND);
        ISettlement.PostArgs memory args = argsOf(endEpoch(), 0, 1);
        uint96 debit = withFee(UNIT);
        vm.expectRevert(abi.encodeWithSelector(IBonds.InsufficientBond.selector, hub, address(vault), debit, 0));
        post(args, rows(ann.account, debit), rows(north.account, UNIT));
        vm.prank(hub);
        vm.expectRevert(abi.encodeWithSelector(IBonds.InsufficientBond.selector, hub, address(vault), 1, 0));
        settlement.requestUnbond(address(vault), 1);
        vm.prank(address(challenges));
        assertEq(settlement.collectPenalty(hub, address(vault), 5 * UNIT, anyone), 0);
        assertEq(guaranteed(north), BOND);
    }

    function test_a_guarantee_is_free_again_after_the_delay_and_claimable_until_then() public {
        guarantee(north, 30 * UNIT);
        uint256 availableAt = block.timestamp + U;
        vm.expectEmit();
        emit IGuarantees.RevokeRequested(hub, address(vault), north.account, 20 * UNIT, availableAt);
        _requestRevoke(20 * UNIT);
        uint64 epoch = currentEpoch();
        vm.warp(availableAt - 1);
        vm.expectRevert(abi.encodeWithSelector(IBonds.UnbondTooEarly.selector, availableAt, availableAt - 1));
        this.revoke();
        assertEq(guaranteed(north), 30 * UNIT);
        vm.warp((uint256(epoch) + 1) * E + P + 1);
        claim(north, epoch, 5 * UNIT);
        vm.warp(availableAt);
        vm.expectEmit();
        emit IGuarantees.Revoked(hub, address(vault), north.account, 20 * UNIT);
        this.revoke();
        assertEq(guaranteed(north), 5 * UNIT);
        assertEq(settlement.freeBond(hub, address(vault)), BOND - 10 * UNIT);
        vm.expectRevert(
            abi.encodeWithSelector(IGuarantees.NoRevokePending.selector, hub, address(vault), north.account)
        );
        this.revoke();
    }

    function test_what_a_claim_has_of_a_guarantee_is_not_revoked() public {
        guarantee(north, 30 * UNIT);
        _requestRevoke(30 * UNIT);
        uint64 epoch = currentEpoch();
        vm.warp((uint256(epoch) + 1) * E + P + 1);
        claim(north, epoch, 25 * UNIT);
        vm.warp(block.timestamp + U);
        this.revoke();
        claims.payClaim(hub, address(vault), epoch, north.account);
        assertEq(vault.balanceOf(north.account), 25 * UNIT + LEAF_FEE);
        assertEq(guaranteed(north), 0);
        assertEq(settlement.freeBond(hub, address(vault)), BOND - 25 * UNIT);
        assertSolvent();
    }

    function test_a_new_request_takes_the_place_of_the_last_and_waits_anew() public {
        guarantee(north, 30 * UNIT);
        _requestRevoke(10 * UNIT);
        vm.warp(block.timestamp + U);
        _requestRevoke(30 * UNIT);
        vm.expectRevert(abi.encodeWithSelector(IBonds.UnbondTooEarly.selector, block.timestamp + U, block.timestamp));
        this.revoke();
        _requestRevoke(0);
        vm.warp(block.timestamp + U);
        vm.expectRevert(
            abi.encodeWithSelector(IGuarantees.NoRevokePending.selector, hub, address(vault), north.account)
        );
        this.revoke();
        vm.expectRevert(
            abi.encodeWithSelector(IBonds.InsufficientBond.selector, hub, address(vault), 30 * UNIT + 1, 30 * UNIT)
        );
        _requestRevoke(30 * UNIT + 1);
    }

    /// @dev Whatever was earned up to the request can be claimed before it is out: the last second to claim of an epoch
    /// that was posted in the last second is before.
    function test_what_was_earned_before_a_request_can_be_claimed_before_it_is_out() public {
        guarantee(north, 30 * UNIT);
        uint64 epoch = currentEpoch();
        assertEq(block.timestamp, uint256(epoch) * E);
        _requestRevoke(30 * UNIT);
        uint256 out = block.timestamp + U;
        vm.warp((uint256(epoch) + 1) * E + P);
        post(argsOf(epoch, 0, 1), rows(ann.account, withFee(UNIT)), rows(south.account, UNIT));
        uint256 until = settlement.coveredUntil(hub, address(vault), epoch) - 7;
        assertLt(until, out);
        vm.warp(until);
        claim(north, epoch, 30 * UNIT);
        assertEq(claims.claimOf(hub, address(vault), epoch, north.account).due, 30 * UNIT);
    }

    function test_a_guarantee_that_is_sent_twice_sets_nothing_aside_twice() public {
        _refusedAsGiven(0, 0);
        guarantee(north, 30 * UNIT);
        _refusedAsGiven(30 * UNIT, 30 * UNIT);
        _refusedAsGiven(29 * UNIT, 30 * UNIT);
        assertEq(settlement.freeBond(hub, address(vault)), BOND - 30 * UNIT);
    }

    function test_what_a_claim_took_can_be_guaranteed_again() public {
        guarantee(north, 30 * UNIT);
        uint64 epoch = currentEpoch();
        vm.warp((uint256(epoch) + 1) * E + P + 1);
        claim(north, epoch, 10 * UNIT);
        guarantee(north, 30 * UNIT);
        assertEq(settlement.freeBond(hub, address(vault)), BOND - 40 * UNIT);
    }

    function test_guarantees_of_more_than_a_bond_can_hold_are_refused_in_words() public {
        uint256 most = type(uint96).max - settlement.freeBond(hub, address(vault));
        fundBond(hub, most);
        guarantee(north, most);
        fundBond(hub, most);
        uint256 all = uint256(most) + BOND + 1;
        vm.expectRevert(abi.encodeWithSelector(IBonds.BondTooLarge.selector, all));
        vm.prank(hub);
        settlement.guarantee(address(vault), south.account, BOND + 1);
    }

    function test_nobody_is_guaranteed_nothing() public {
        vm.prank(hub);
        vm.expectRevert(IBonds.ZeroBond.selector);
        settlement.guarantee(address(vault), address(0), 1);
    }

    function revoke() external {
        vm.prank(hub);
        settlement.revoke(address(vault), north.account);
    }

    function _requestRevoke(uint256 amount) private {
        vm.prank(hub);
        settlement.requestRevoke(address(vault), north.account, amount);
    }

    function _refused(uint256 total, uint256 free) private {
        uint256 more = total - guaranteed(north);
        vm.expectRevert(abi.encodeWithSelector(IBonds.InsufficientBond.selector, hub, address(vault), more, free));
        vm.prank(hub);
        settlement.guarantee(address(vault), north.account, total);
    }

    function _refusedAsGiven(uint256 total, uint256 given) private {
        vm.expectRevert(
            abi.encodeWithSelector(IGuarantees.AlreadyGuaranteed.selector, hub, address(vault), north.account, given)
        );
        vm.prank(hub);
        settlement.guarantee(address(vault), north.account, total);
    }
}
