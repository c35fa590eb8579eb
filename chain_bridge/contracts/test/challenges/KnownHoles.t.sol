// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Claims} from "../../src/challenges/Claims.sol";
import {IBonds} from "../../src/interfaces/IBonds.sol";
import {IChallenge} from "../../src/interfaces/IChallenge.sol";
import {IClaims} from "../../src/interfaces/IClaims.sol";
import {IRemedies} from "../../src/interfaces/IRemedies.sol";
import {ISettlement} from "../../src/interfaces/ISettlement.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {Headers} from "../../src/libraries/Header.sol";
import {Leaf} from "../../src/libraries/Leaf.sol";
import {Iou} from "../../src/libraries/Messages.sol";
import {Rows} from "../../src/libraries/Rows.sol";
import {Hold, Kind} from "../../src/libraries/Subject.sol";
import {CaseFixture} from "./CaseFixture.sol";

/// @title Holes that other networks for paid work have had, one test for each
/// @notice Each plays the hole as it was used there, and shows what happens here instead.
contract KnownHolesTest is CaseFixture {
    /// @dev Elsewhere whoever had waited out its timer kept the stake in place, and no slash reached it any more.
    function test_hole_stake_past_its_timer_but_not_withdrawn_escapes_a_slash() public {
        Leaf memory leaf = leafOf(ann, north.account, "job", 10 * UNIT);
        uint96 both = 2 * debitOf(leaf);
        vm.prank(hub);
        settlement.requestUnbond(address(vault), BOND - both);
        vm.warp(block.timestamp + U + 1);
        (leaf.epoch, leaf.seq) = (currentEpoch(), 0);
        Batch memory batch = post(list(leaf, leaf));
        challenges.proveDuplicate(sliceProof(batch, 0), leafProof(batch, 1));
        challenges.proveDuplicate(sliceProof(batch, 1), leafProof(batch, 0));
        vm.prank(hub);
        vm.expectRevert(abi.encodeWithSelector(IRemedies.PenaltiesOpen.selector, both, 0));
        settlement.unbond(address(vault));
        vm.warp(block.timestamp + 100);
        challenges.collect(subjectOf(Kind.Fault, sliceProof(batch, 0)));
        challenges.collect(subjectOf(Kind.Fault, sliceProof(batch, 1)));
        (,, uint256 leaving,) = settlement.bondOf(hub, address(vault));
        assertEq(leaving, BOND - 2 * both);
    }

    /// @dev Elsewhere the slashed stake went to whoever reported, so that a cheat reported itself and lost nothing.
    function test_hole_a_slash_is_paid_to_the_slasher() public {
        Leaf memory leaf = leafOf(ann, north.account, "job", 10 * UNIT);
        Batch memory batch = post(list(leaf, leaf));
        vm.prank(hub);
        challenges.proveDuplicate(sliceProof(batch, 1), leafProof(batch, 0));
        vm.warp(block.timestamp + 100);
        challenges.collect(subjectOf(Kind.Fault, sliceProof(batch, 1)));
        uint96 penalty = debitOf(leaf);
        assertEq(vault.balanceOf(hub), penalty / 10);
        assertEq(vault.balanceOf(NOBODY), penalty - penalty / 10);
        assertEq(vault.balanceOf(ann.account), 1000 * UNIT - penalty);
    }

    /// @dev Elsewhere a job could be paid more than was set aside for it, and the last who came found the pool empty.
    function test_hole_a_job_that_is_paid_too_much_empties_the_pool() public {
        finalize(post(list(leafOf(ben, south.account, "another", 50 * UNIT))));
        uint256 held = vault.custodyOf(address(settlement));
        uint64 epoch = endEpoch();
        uint96 credit = 10 * UNIT;
        bytes memory refused = abi.encodeWithSelector(
            ISettlement.FeeTooLow.selector, withFee(credit) - 1, credit, withFee(credit) - credit
        );
        vm.expectRevert(refused);
        post(argsOf(epoch, 0, 1), rows(ann.account, withFee(credit) - 1), rows(north.account, credit));
        assertEq(vault.custodyOf(address(settlement)), held);
    }

    /// @dev Elsewhere a batch needed a second job, or a second payee, before it could be paid.
    function test_hole_a_lone_job_can_never_settle() public {
        Batch memory whole = post(list(leafOf(ann, north.account, "first", 1)));
        finalize(whole);
        assertEq(vault.balanceOf(north.account), 1);
        Batch memory alone = post(list(leafOf(ann, north.account, "second", 1)));
        passWindow(alone.header);
        settlement.finalizeRow(alone.header, alone.credits[0], 0, new bytes32[](0));
        assertEq(vault.balanceOf(north.account), 2);
    }

    /// @dev Elsewhere shares were rounded, and who gave the pool tokens first made the deposits of others nothing.
    function test_hole_a_deposit_comes_back_as_zero() public {
        address victim = makeAddr("victim");
        token.mint(address(vault), 1e30);
        fund(victim, 1);
        assertEq(vault.balanceOf(victim), 1);
        vm.startPrank(victim);
        vault.requestWithdrawal(1);
        vm.warp(block.timestamp + D);
        vault.withdraw(victim, 1);
        vm.stopPrank();
        assertEq(token.balanceOf(victim), 1);
    }

    /// @dev Elsewhere each payee that was paid alone took the batch's fee along, out of what was there for others.
    function test_hole_a_fee_is_paid_twice_from_others_funds() public {
        Leaf memory a = leafOf(ann, north.account, "a", 10 * UNIT);
        Batch memory batch = post(list(a, leafOf(ben, south.account, "b", 20 * UNIT)));
        passWindow(batch.header);
        for (uint32 i = 0; i < 2; ++i) {
            (Hold memory credit, bytes32[] memory proof) = creditOf(batch, Rows.accountOf(batch.credits[i]));
            settlement.finalizeRow(batch.header, credit.row, i, proof);
            assertEq(vault.balanceOf(treasury), 0);
        }
        settlement.finalize(batch.header, batch.credits);
        assertEq(vault.balanceOf(treasury), batch.header.debits - batch.header.credits);
        vm.expectRevert(abi.encodeWithSelector(ISettlement.AlreadyFinalized.selector, Headers.hash(batch.header)));
        settlement.finalize(batch.header, batch.credits);
        assertEq(vault.custodyOf(address(settlement)), BOND);
    }

    /// @dev Elsewhere a reserve that was frozen for one claim was counted again for the next.
    function test_hole_claims_exceed_a_frozen_reserve() public {
        guarantee(north, 500 * UNIT);
        uint64 epoch = _closedEpoch();
        claim(north, epoch, 400 * UNIT);
        vm.warp(block.timestamp + E);
        claim(north, epoch + 1, 400 * UNIT);
        assertEq(claims.claimOf(hub, address(vault), epoch + 1, north.account).due, 100 * UNIT);
        vm.warp(block.timestamp + E);
        (Iou memory iou, bytes memory signature) = iouOf(north, epoch + 2, 1);
        vm.prank(north.account);
        vm.expectRevert(abi.encodeWithSelector(IClaims.NoGuarantee.selector, hub, address(vault), north.account));
        claims.claim(iou, signature, iou.cumulative);
    }

    /// @dev Elsewhere sums wrapped, and a huge row was paid with a small one.
    function test_hole_an_addition_is_not_checked() public {
        uint96 most = type(uint96).max;
        uint64 epoch = endEpoch();
        vm.expectRevert(abi.encodeWithSelector(ISettlement.SumTooLarge.selector, 2 * uint256(most)));
        post(argsOf(epoch, 0, 1), rows(ann.account, most, ben.account, most), rows(north.account, 1));
        vm.expectRevert(abi.encodeWithSelector(IVault.InsufficientCustody.selector, anyone, 2 * uint256(most), 0));
        vm.prank(anyone);
        vault.credit(rows(ann.account, most, ben.account, most));
        token.mint(address(this), most);
        token.approve(address(settlement), most);
        vm.expectRevert(abi.encodeWithSelector(IBonds.BondTooLarge.selector, uint256(most) + BOND));
        settlement.depositBond(address(vault), hub, most);
    }

    /// @dev Elsewhere one customer without money, or one payee that refused it, kept a whole batch from being paid.
    function test_hole_one_bad_row_blocks_a_batch() public {
        vm.prank(ann.account);
        vault.requestWithdrawal(1000 * UNIT);
        vm.warp(block.timestamp + D);
        vm.prank(ann.account);
        vault.withdraw(ann.account, 1000 * UNIT);
        address refuses = address(token);
        Leaf memory a = leafOf(ann, refuses, "a", 10 * UNIT);
        Batch memory batch = post(list(a, leafOf(ben, south.account, "b", 20 * UNIT)));
        finalize(batch);
        assertEq(paidBy(batch, ann), 0);
        assertEq(vault.balanceOf(south.account), 20 * UNIT);
        assertEq(vault.balanceOf(refuses), 10 * UNIT);
        (uint256 bond,,,) = settlement.bondOf(hub, address(vault));
        assertEq(bond, BOND - debitOf(a));
    }

    /// @dev Elsewhere a signed promise to pay kept nothing aside, and the signer left before it was shown.
    function test_hole_vouchers_reserve_nothing() public {
        guarantee(north, 500 * UNIT);
        uint256 free = BOND - 500 * UNIT;
        vm.startPrank(hub);
        vm.expectRevert(abi.encodeWithSelector(IBonds.InsufficientBond.selector, hub, address(vault), BOND, free));
        settlement.requestUnbond(address(vault), BOND);
        settlement.requestUnbond(address(vault), free);
        vm.stopPrank();
        claim(north, _closedEpoch(), 500 * UNIT);
        assertEq(settlement.freeBond(hub, address(vault)), 0);
        assertEq(guaranteed(north), 0);
    }

    /// @dev Elsewhere a deposit that somebody announced and never completed kept an account from moving.
    function test_hole_a_deposit_of_a_stranger_bricks_an_account() public {
        vm.prank(ann.account);
        vault.requestWithdrawal(1000 * UNIT);
        vm.prank(north.account);
        providers.requestUnbond(address(vault), 500 * UNIT);
        vm.prank(hub);
        settlement.requestUnbond(address(vault), BOND);
        fund(ann.account, 1);
        fundBond(hub, 1);
        token.mint(anyone, 1);
        vm.startPrank(anyone);
        token.approve(address(providers), 1);
        providers.topUp(address(vault), north.account, 1);
        vm.stopPrank();
        vm.warp(block.timestamp + U + E);
        vm.prank(ann.account);
        vault.withdraw(ann.account, 1000 * UNIT);
        vm.prank(north.account);
        providers.unbond(address(vault));
        vm.prank(hub);
        settlement.unbond(address(vault));
        assertEq(vault.balanceOf(ann.account), 1);
        assertEq(vault.balanceOf(north.account), 500 * UNIT);
        assertEq(vault.balanceOf(hub), BOND);
    }

    function test_hole_replay_on_another_chain() public {
        (Iou memory iou, bytes memory signature) = iouOf(north, _closedEpoch(), 10 * UNIT);
        vm.chainId(block.chainid + 1);
        _assertNobodysSignature(claims, iou, signature);
    }

    function test_hole_replay_in_another_contract() public {
        (Iou memory iou, bytes memory signature) = iouOf(north, _closedEpoch(), 10 * UNIT);
        deploy(profile(), N, D, U);
        _assertNobodysSignature(claims, iou, signature);
    }

    function test_hole_replay_by_another_hub() public {
        (Iou memory iou, bytes memory signature) = iouOf(north, _closedEpoch(), 10 * UNIT);
        iou.hub = anyone;
        _assertNobodysSignature(claims, iou, signature);
        Batch memory batch = post(list(leafOf(ann, north.account, "job", 10 * UNIT)));
        batch.header.hub = anyone;
        passWindow(batch.header);
        vm.expectRevert(abi.encodeWithSelector(ISettlement.UnknownHeader.selector, Headers.hash(batch.header)));
        settlement.finalize(batch.header, batch.credits);
    }

    function test_hole_replay_in_another_epoch() public {
        uint64 epoch = _closedEpoch();
        (Iou memory iou, bytes memory signature) = iouOf(north, epoch, 10 * UNIT);
        guarantee(north, 10 * UNIT);
        claim(north, epoch, 10 * UNIT);
        vm.prank(north.account);
        vm.expectRevert(abi.encodeWithSelector(IClaims.ClaimExists.selector, north.account, IChallenge.State.Open));
        claims.claim(iou, signature, iou.cumulative);
        iou.epoch = epoch - 1;
        _assertNobodysSignature(claims, iou, signature);
        Batch memory batch = post(list(leafOf(ann, north.account, "job", 10 * UNIT)));
        ISettlement.PostArgs memory args = argsOf(batch.header.epoch, 0, 1);
        vm.expectRevert(abi.encodeWithSelector(ISettlement.EpochNotRising.selector, args.epoch, args.epoch));
        post(args, batch.debits, batch.credits);
    }

    function _closedEpoch() private returns (uint64 epoch) {
        epoch = currentEpoch();
        vm.warp((uint256(epoch) + 1) * E + P + 1);
    }

    function _assertNobodysSignature(Claims where, Iou memory iou, bytes memory signature) private {
        vm.prank(iou.payee);
        vm.expectPartialRevert(IChallenge.WrongSigner.selector);
        where.claim(iou, signature, iou.cumulative);
    }
}
