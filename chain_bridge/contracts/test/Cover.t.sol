// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IBonds} from "../src/interfaces/IBonds.sol";
import {ISettlement} from "../src/interfaces/ISettlement.sol";
import {Header} from "../src/libraries/Header.sol";
import {Fixture} from "./Fixture.sol";

/// @title What stands behind a post, and who pays what a customer does not
contract CoverTest is Fixture {
    Person private ann;
    Person private ben;
    address private north = makeAddr("north");

    function setUp() public override {
        super.setUp();
        ann = customer("ann", 100 * UNIT, 50 * UNIT);
        ben = customer("ben", 100 * UNIT, 50 * UNIT);
    }

    // Conservation and fee

    function test_debits_pay_for_credits_and_the_fee_rounded_up() public {
        uint64 epoch = endEpoch();
        vm.expectRevert(abi.encodeWithSelector(ISettlement.FeeTooLow.selector, 20, 20, 1));
        post(argsOf(epoch, 0, 1), rows(ann.account, 20), rows(north, 20));
        post(argsOf(epoch, 0, 1), rows(ann.account, 21), rows(north, 20));
    }

    function testFuzz_a_part_is_refused_exactly_when_it_does_not_pay_its_fee(uint96 debit, uint96 credit) public {
        debit = uint96(bound(debit, 1, 50 * UNIT));
        credit = uint96(bound(credit, 1, 50 * UNIT));
        uint256 fee = (uint256(credit) * 500 + 9999) / 10_000;
        uint64 epoch = endEpoch();
        if (debit < credit + fee) {
            vm.expectRevert(abi.encodeWithSelector(ISettlement.FeeTooLow.selector, debit, credit, fee));
        }
        post(argsOf(epoch, 0, 1), rows(ann.account, debit), rows(north, credit));
    }

    function testFuzz_what_comes_out_is_what_went_in(uint96 annPays, uint96 benPays, uint96 pays, uint96 cap) public {
        annPays = uint96(bound(annPays, 1, 200 * UNIT));
        benPays = uint96(bound(benPays, 1, 200 * UNIT));
        Person memory cleo = customer("cleo", 30 * UNIT, uint96(bound(cap, 1, 60 * UNIT)));
        pays = uint96(bound(pays, 1, (annPays + benPays) * 10_000 / 10_501 + 1));
        vm.assume(annPays + benPays >= withFee(pays));
        uint256 held = vault.totalHeld();
        uint256 customers = vault.balanceOf(ann.account) + vault.balanceOf(cleo.account);
        Header memory header = post(rows(ann.account, annPays, cleo.account, benPays), rows(north, pays));
        assertEq(header.debits, annPays + benPays);
        assertEq(customers - vault.balanceOf(ann.account) - vault.balanceOf(cleo.account), header.taken);
        passWindow(header);
        settlement.finalize(header, rows(north, pays));
        assertEq(vault.balanceOf(north), pays);
        assertEq(vault.balanceOf(treasury), header.debits - pays);
        assertEq(vault.custodyOf(address(settlement)), BOND - (header.debits - header.taken));
        (uint256 total,,,) = settlement.bondOf(hub, address(vault));
        assertEq(total, vault.custodyOf(address(settlement)));
        assertEq(vault.totalHeld(), held);
    }

    // Shortfall and cover

    function test_what_a_cap_or_a_balance_does_not_pay_comes_from_the_hubs_free_bond() public {
        uint256 free = settlement.freeBond(hub, address(vault));
        uint64 epoch = endEpoch();
        vm.expectEmit(address(settlement));
        emit ISettlement.ShortfallPaid(hub, address(vault), epoch, 0, 10 * UNIT);
        Header memory header = post(argsOf(epoch, 0, 1), rows(ann.account, 60 * UNIT), rows(north, 50 * UNIT));
        assertEq(header.taken, 50 * UNIT);
        assertEq(settlement.freeBond(hub, address(vault)), free - 10 * UNIT - 60 * UNIT);
        passWindow(header);
        settlement.finalize(header, rows(north, 50 * UNIT));
        assertEq(vault.balanceOf(north), 50 * UNIT);
        assertEq(vault.balanceOf(treasury), 10 * UNIT);
    }

    function test_a_customer_that_withdrew_before_the_post_is_paid_for_by_the_hub() public {
        vm.startPrank(ann.account);
        vault.requestWithdrawal(100 * UNIT);
        vm.warp(block.timestamp + D);
        vault.withdraw(ann.account, 100 * UNIT);
        vm.stopPrank();
        Header memory header = post(rows(ann.account, 5), rows());
        assertEq(header.taken, 0);
        assertEq(header.debits, 5);
    }

    function test_a_post_beyond_the_hubs_bond_reverts() public {
        address small = makeAddr("small hub");
        hub = small;
        fundBond(hub, 10 * UNIT);
        Person memory cleo = customer("cleo", 100 * UNIT, 50 * UNIT);
        uint64 epoch = endEpoch();
        vm.expectRevert(_tooSmall(10 * UNIT + 1, 10 * UNIT));
        post(argsOf(epoch, 0, 1), rows(cleo.account, 10 * UNIT + 1), rows());
        post(argsOf(epoch, 0, 1), rows(cleo.account, 10 * UNIT), rows());
        epoch = endEpoch();
        vm.expectRevert(_tooSmall(1, 0));
        post(argsOf(epoch, 0, 1), rows(cleo.account, 1), rows());
    }

    function test_a_shortfall_cannot_be_paid_out_of_what_covers_other_posts() public {
        hub = makeAddr("small hub");
        fundBond(hub, 10 * UNIT);
        Person memory cleo = customer("cleo", 4 * UNIT, 50 * UNIT);
        uint64 epoch = endEpoch();
        vm.expectRevert(_tooSmall(3 * UNIT + 1, 3 * UNIT - 1));
        post(argsOf(epoch, 0, 1), rows(cleo.account, 7 * UNIT + 1), rows());
        Header memory header = post(argsOf(epoch, 0, 1), rows(cleo.account, 7 * UNIT), rows());
        assertEq(header.debits - header.taken, 3 * UNIT);
        assertEq(settlement.freeBond(hub, address(vault)), 0);
    }

    function test_cover_is_free_again_after_the_last_second_anything_can_be_demanded() public {
        uint256 free = settlement.freeBond(hub, address(vault));
        Header memory header = post(rows(ann.account, 10 * UNIT), rows());
        (, uint256 covering,,) = settlement.bondOf(hub, address(vault));
        assertEq(covering, 10 * UNIT);
        vm.warp(header.postedAt + SPAN);
        assertEq(settlement.settleSeconds(), SPAN);
        settlement.releaseCover(hub, address(vault));
        assertEq(settlement.freeBond(hub, address(vault)), free - 10 * UNIT);
        vm.warp(header.postedAt + SPAN + 1);
        assertEq(settlement.freeBond(hub, address(vault)), free);
        settlement.releaseCover(hub, address(vault));
        assertEq(settlement.freeBond(hub, address(vault)), free);
        (, covering,,) = settlement.bondOf(hub, address(vault));
        assertEq(covering, 0);
    }

    function test_cover_of_all_parts_of_an_epoch_is_free_after_the_last_one() public {
        uint64 epoch = endEpoch();
        post(argsOf(epoch, 0, 2), rows(_low(), 3 * UNIT), rows());
        vm.warp(block.timestamp + 5);
        Header memory second = post(argsOf(epoch, 1, 2), rows(_high(), 4 * UNIT), rows());
        vm.warp(second.postedAt + SPAN);
        assertEq(settlement.freeBond(hub, address(vault)), BOND - 7 * UNIT);
        vm.warp(second.postedAt + SPAN + 1);
        assertEq(settlement.freeBond(hub, address(vault)), BOND);
    }

    function test_posts_go_on_for_longer_than_the_ring_of_covers() public {
        for (uint256 i = 0; i < 80; ++i) {
            post(rows(ann.account, UNIT), rows());
        }
        vm.warp(block.timestamp + 1000);
        assertEq(settlement.freeBond(hub, address(vault)), BOND);
    }

    // Bonds

    function test_a_hub_takes_out_only_what_covers_nothing_and_after_the_delay() public {
        post(rows(ann.account, 10 * UNIT), rows());
        vm.startPrank(hub);
        vm.expectRevert(_tooSmall(BOND, BOND - 10 * UNIT));
        settlement.requestUnbond(address(vault), BOND);
        settlement.requestUnbond(address(vault), BOND - 10 * UNIT);
        uint256 availableAt = block.timestamp + U;
        assertEq(settlement.unbondingSeconds(), U);
        assertEq(settlement.freeBond(hub, address(vault)), 0);
        (uint256 total,, uint256 leaving, uint256 since) = settlement.bondOf(hub, address(vault));
        assertEq(total, BOND);
        assertEq(leaving, BOND - 10 * UNIT);
        assertEq(since, availableAt);
        vm.expectRevert(abi.encodeWithSelector(IBonds.UnbondPending.selector, leaving, availableAt));
        settlement.requestUnbond(address(vault), 1);
        vm.warp(availableAt - 1);
        vm.expectRevert(abi.encodeWithSelector(IBonds.UnbondTooEarly.selector, availableAt, availableAt - 1));
        settlement.unbond(address(vault));
        vm.warp(availableAt);
        settlement.unbond(address(vault));
        assertEq(vault.balanceOf(hub), BOND - 10 * UNIT);
        vm.expectRevert(abi.encodeWithSelector(IBonds.NoUnbondPending.selector, hub, address(vault)));
        settlement.unbond(address(vault));
    }

    function test_a_request_to_leave_can_be_taken_back() public {
        vm.startPrank(hub);
        vm.expectRevert(IBonds.ZeroBond.selector);
        settlement.requestUnbond(address(vault), 0);
        settlement.requestUnbond(address(vault), 7);
        settlement.cancelUnbond(address(vault));
        assertEq(settlement.freeBond(hub, address(vault)), BOND);
        vm.expectRevert(abi.encodeWithSelector(IBonds.NoUnbondPending.selector, hub, address(vault)));
        settlement.cancelUnbond(address(vault));
    }

    function test_bonds_are_taken_in_known_vaults_only_and_for_somebody() public {
        vm.expectRevert(abi.encodeWithSelector(IBonds.UnknownVault.selector, anyone));
        settlement.depositBond(anyone, hub, 1);
        vm.expectRevert(IBonds.ZeroBond.selector);
        settlement.depositBond(address(vault), hub, 0);
        vm.expectRevert(IBonds.ZeroBond.selector);
        settlement.depositBond(address(vault), address(0), 1);
        token.mint(address(this), type(uint128).max);
        token.approve(address(settlement), type(uint128).max);
        vm.expectRevert(abi.encodeWithSelector(IBonds.BondTooLarge.selector, uint256(type(uint96).max) + BOND));
        settlement.depositBond(address(vault), hub, type(uint96).max);
    }

    function test_a_bond_too_large_to_be_released_cannot_be_made() public {
        post(rows(ann.account, 10 * UNIT), rows());
        uint256 most = type(uint96).max - BOND;
        token.mint(address(this), most + 1);
        token.approve(address(settlement), most + 1);
        vm.expectRevert(abi.encodeWithSelector(IBonds.BondTooLarge.selector, uint256(type(uint96).max) + 1));
        settlement.depositBond(address(vault), hub, most + 1);
        settlement.depositBond(address(vault), hub, most);
        vm.warp(block.timestamp + SPAN + 1);
        settlement.releaseCover(hub, address(vault));
        assertEq(settlement.freeBond(hub, address(vault)), type(uint96).max);
    }

    function test_a_vault_of_strangers_is_never_called_by_a_post() public {
        ISettlement.PostArgs memory args = argsOf(endEpoch(), 0, 1);
        args.vault = makeAddr("fake vault");
        vm.expectRevert(abi.encodeWithSelector(IBonds.InsufficientBond.selector, hub, args.vault, 1, 0));
        post(args, rows(ann.account, 1), rows());
    }

    function _low() private view returns (address) {
        return ann.account < ben.account ? ann.account : ben.account;
    }

    function _high() private view returns (address) {
        return ann.account < ben.account ? ben.account : ann.account;
    }

    function _tooSmall(uint256 needed, uint256 free) private view returns (bytes memory) {
        return abi.encodeWithSelector(IBonds.InsufficientBond.selector, hub, address(vault), needed, free);
    }
}
