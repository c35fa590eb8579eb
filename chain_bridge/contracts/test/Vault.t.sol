// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Vault} from "../src/Vault.sol";
import {ICreditLines} from "../src/interfaces/ICreditLines.sol";
import {IVault} from "../src/interfaces/IVault.sol";
import {Rows} from "../src/libraries/Rows.sol";
import {Fixture} from "./Fixture.sol";
import {OddToken, Robber} from "./OddToken.sol";

contract VaultTest is Fixture {
    Person private ann;

    function setUp() public override {
        super.setUp();
        ann = person("ann");
    }

    // Deposits

    function test_a_deposit_is_credited_to_whom_it_is_for() public {
        token.mint(anyone, 5);
        vm.startPrank(anyone);
        token.approve(address(vault), 5);
        vm.expectEmit(address(vault));
        emit IVault.Deposited(anyone, ann.account, 5);
        assertEq(vault.deposit(ann.account, 5), 5);
        assertEq(vault.balanceOf(ann.account), 5);
        assertEq(vault.balanceOf(anyone), 0);
    }

    function test_a_deposit_of_nothing_or_for_nobody_reverts() public {
        vm.expectRevert(IVault.ZeroAmount.selector);
        vault.deposit(ann.account, 0);
        vm.expectRevert(abi.encodeWithSelector(IVault.InvalidPayee.selector, address(0)));
        vault.deposit(address(0), 1);
        vm.expectRevert(abi.encodeWithSelector(IVault.InvalidPayee.selector, address(vault)));
        vault.deposit(address(vault), 1);
    }

    function test_a_deposit_above_what_balances_can_hold_reverts() public {
        uint256 amount = uint256(type(uint128).max) + 1;
        uint256 held = amount + vault.totalHeld();
        token.mint(address(this), amount);
        token.approve(address(vault), amount);
        vm.expectRevert(abi.encodeWithSelector(IVault.AmountTooLarge.selector, held, type(uint128).max));
        vault.deposit(ann.account, amount);
    }

    function test_only_what_really_came_in_is_credited() public {
        OddToken odd = new OddToken(true);
        Vault oddVault = new Vault(address(odd), address(lines), D);
        odd.mint(address(this), 100);
        odd.approve(address(oddVault), 100);
        assertEq(oddVault.deposit(ann.account, 100), 90);
        assertEq(oddVault.balanceOf(ann.account), 90);
        assertEq(oddVault.totalHeld(), odd.balanceOf(address(oddVault)));
    }

    function test_a_permit_pays_without_an_approval() public {
        token.mint(ann.account, 10);
        (uint8 v, bytes32 r, bytes32 s) = _permit(ann, 10);
        vm.prank(ann.account);
        vault.depositWithPermit(ann.account, 10, FOREVER, v, r, s);
        assertEq(vault.balanceOf(ann.account), 10);
    }

    function test_a_permit_that_somebody_sent_first_does_no_harm() public {
        token.mint(ann.account, 10);
        (uint8 v, bytes32 r, bytes32 s) = _permit(ann, 10);
        vm.prank(anyone);
        token.permit(ann.account, address(vault), 10, FOREVER, v, r, s);
        vm.prank(ann.account);
        vault.depositWithPermit(ann.account, 10, FOREVER, v, r, s);
        assertEq(vault.balanceOf(ann.account), 10);
    }

    // Withdrawals

    function test_a_withdrawal_waits_for_its_delay_to_the_second() public {
        fund(ann.account, 10);
        vm.startPrank(ann.account);
        uint256 availableAt = block.timestamp + D;
        vm.expectEmit(address(vault));
        emit IVault.WithdrawalRequested(ann.account, 10, availableAt);
        vault.requestWithdrawal(10);
        vm.warp(availableAt - 1);
        vm.expectRevert(abi.encodeWithSelector(IVault.WithdrawalTooEarly.selector, availableAt, availableAt - 1));
        vault.withdraw(ann.account, 10);
        vm.warp(availableAt);
        vm.expectEmit(address(vault));
        emit IVault.Withdrawn(ann.account, anyone, 10, 0);
        vault.withdraw(anyone, 10);
        assertEq(token.balanceOf(anyone), 10);
        assertEq(vault.balanceOf(ann.account), 0);
    }

    function test_a_withdrawal_can_be_paid_in_pieces() public {
        fund(ann.account, 10);
        vm.startPrank(ann.account);
        vault.requestWithdrawal(8);
        vm.warp(block.timestamp + D);
        vault.withdraw(anyone, 3);
        (uint256 left,) = vault.pendingWithdrawal(ann.account);
        assertEq(left, 5);
        vm.expectRevert(abi.encodeWithSelector(IVault.WithdrawalExceedsRequest.selector, 6, 5));
        vault.withdraw(anyone, 6);
        vault.withdraw(ann.account, 5);
        assertEq(vault.balanceOf(ann.account), 2);
        vm.expectRevert(abi.encodeWithSelector(IVault.NoWithdrawalPending.selector, ann.account));
        vault.withdraw(ann.account, 1);
    }

    function test_a_request_needs_the_balance_and_is_the_only_one() public {
        fund(ann.account, 10);
        vm.startPrank(ann.account);
        vm.expectRevert(IVault.ZeroAmount.selector);
        vault.requestWithdrawal(0);
        vm.expectRevert(abi.encodeWithSelector(IVault.InsufficientBalance.selector, ann.account, 11, 10));
        vault.requestWithdrawal(11);
        vault.requestWithdrawal(4);
        vm.expectRevert(abi.encodeWithSelector(IVault.WithdrawalPending.selector, 4, block.timestamp + D));
        vault.requestWithdrawal(4);
        vault.cancelWithdrawal();
        vm.expectRevert(abi.encodeWithSelector(IVault.NoWithdrawalPending.selector, ann.account));
        vault.cancelWithdrawal();
        vault.requestWithdrawal(10);
    }

    function test_nothing_is_sent_to_nobody_or_to_the_vault_itself() public {
        fund(ann.account, 10);
        vm.startPrank(ann.account);
        vault.requestWithdrawal(10);
        vm.warp(block.timestamp + D);
        vm.expectRevert(abi.encodeWithSelector(IVault.InvalidPayee.selector, address(0)));
        vault.withdraw(address(0), 10);
        vm.expectRevert(abi.encodeWithSelector(IVault.InvalidPayee.selector, address(vault)));
        vault.withdraw(address(vault), 10);
    }

    function test_requested_funds_stay_debitable_until_they_are_paid() public {
        fund(ann.account, 10);
        openLine(ann, 100);
        vm.prank(ann.account);
        vault.requestWithdrawal(10);
        uint64 epoch = endEpoch();
        vm.prank(address(settlement));
        vault.debit(hub, epoch, rows(ann.account, 7));
        vm.warp(block.timestamp + D);
        vm.startPrank(ann.account);
        vm.expectRevert(abi.encodeWithSelector(IVault.InsufficientBalance.selector, ann.account, 10, 3));
        vault.withdraw(ann.account, 10);
        vault.withdraw(ann.account, 3);
    }

    // Debits and credits

    function test_a_debit_takes_the_least_of_row_cap_and_balance() public {
        fund(ann.account, 10);
        openLine(ann, 6);
        assertEq(_debit(endEpoch(), rows(ann.account, 4)), rows());
        assertEq(_debit(endEpoch(), rows(ann.account, 99)), rows(ann.account, 6));
        assertEq(_debit(endEpoch(), rows(ann.account, 99)), rows(ann.account, 0));
        assertEq(vault.balanceOf(ann.account), 0);
        assertEq(vault.custodyOf(address(settlement)), BOND + 10);
    }

    function test_a_settlement_of_anybodys_making_charges_an_epoch_once_and_up_to_the_cap() public {
        fund(ann.account, 100);
        ICreditLines.Line memory line = lineOf(ann.account, 1);
        (line.settlement, line.hub) = (anyone, anyone);
        lines.open(line, sign(ann.key, line));
        uint64 epoch = endEpoch();
        vm.startPrank(anyone);
        vm.expectRevert(_notRising(ann.account, ann.account));
        vault.debit(anyone, epoch, rows(ann.account, 1, ann.account, 1));
        vault.debit(anyone, epoch, rows(ann.account, 50));
        vm.expectRevert(_notRising(ann.account, ann.account));
        vault.debit(anyone, epoch, rows(ann.account, 1));
        vm.expectRevert(abi.encodeWithSelector(IVault.EpochAlreadyCharged.selector, epoch - 1, epoch));
        vault.debit(anyone, epoch - 1, rows(ann.account, 1));
        assertEq(vault.custodyOf(anyone), 1);
    }

    function test_an_epoch_is_charged_when_it_is_over_and_no_longer_than_it_can_be_posted() public {
        fund(ann.account, 10);
        openLine(ann, 10);
        uint64 epoch = currentEpoch();
        uint256 end = (uint256(epoch) + 1) * E;
        _assertNotChargeable(epoch, end - 1);
        _assertNotChargeable(epoch, end + P + 1);
        vm.warp(end + P);
        assertEq(_debit(epoch, rows(ann.account, 1)), rows());
    }

    function test_a_row_a_wei_above_the_balance_takes_the_balance_and_no_more() public {
        fund(ann.account, 10);
        openLine(ann, 100);
        uint64 epoch = endEpoch();
        vm.prank(address(settlement));
        assertEq(vault.debit(hub, epoch, rows(ann.account, 11)), rows(ann.account, 10));
        assertEq(vault.balanceOf(ann.account), 0);
        assertEq(vault.custodyOf(address(settlement)), BOND + 10);
    }

    function test_nobody_debits_an_account_whose_line_does_not_name_it() public {
        fund(ann.account, 10);
        openLine(ann, 10);
        uint64 epoch = endEpoch();
        vm.expectRevert(_noLine(ann.account, anyone, hub, epoch));
        vm.prank(anyone);
        vault.debit(hub, epoch, rows(ann.account, 1));
        vm.expectRevert(_noLine(ann.account, address(settlement), anyone, epoch));
        vm.prank(address(settlement));
        vault.debit(anyone, epoch, rows(ann.account, 1));
    }

    function test_no_line_is_in_force_in_an_epoch_beyond_all_lines() public {
        fund(ann.account, 10);
        openLine(ann, 10);
        uint64[4] memory beyond = [type(uint32).max, uint64(2 ** 32), 2 ** 40, type(uint64).max];
        for (uint256 i = 0; i < beyond.length; ++i) {
            vm.warp((uint256(beyond[i]) + 1) * E);
            vm.expectRevert(_noLine(ann.account, address(settlement), hub, beyond[i]));
            vm.prank(address(settlement));
            vault.debit(hub, beyond[i], rows(ann.account, 1));
        }
    }

    function test_nobody_credits_out_of_what_it_does_not_hold() public {
        fund(ann.account, 10);
        vm.expectRevert(abi.encodeWithSelector(IVault.InsufficientCustody.selector, anyone, 1, 0));
        vm.prank(anyone);
        vault.credit(rows(anyone, 1));
        vm.expectRevert(
            abi.encodeWithSelector(IVault.InsufficientCustody.selector, address(settlement), BOND + 1, BOND)
        );
        vm.prank(address(settlement));
        vault.credit(rows(anyone, 1, ann.account, BOND));
    }

    function test_a_credit_to_nobody_or_to_the_vault_reverts() public {
        vm.startPrank(address(settlement));
        vm.expectRevert(abi.encodeWithSelector(IVault.InvalidPayee.selector, address(0)));
        vault.credit(rows(address(0), 1));
        vm.expectRevert(abi.encodeWithSelector(IVault.InvalidPayee.selector, address(vault)));
        vault.credit(rows(address(vault), 1));
    }

    function testFuzz_internal_moves_conserve_value(uint96 balance, uint96 cap, uint96 row) public {
        vm.assume(balance > 0 && cap > 0 && row > 0);
        fund(ann.account, balance);
        openLine(ann, cap);
        uint256 before = vault.totalHeld();
        uint64 epoch = endEpoch();
        vm.startPrank(address(settlement));
        bytes32[] memory taken = vault.debit(hub, epoch, rows(ann.account, row));
        vault.credit(rows(anyone, taken.length == 0 ? row : Rows.amountOf(taken[0])));
        assertEq(vault.balanceOf(ann.account) + vault.balanceOf(anyone), balance);
        assertEq(vault.custodyOf(address(settlement)), BOND);
        assertEq(vault.totalHeld(), before);
    }

    // Hostile tokens

    function test_a_token_that_calls_back_cannot_enter_again() public {
        OddToken odd = new OddToken(false);
        Vault oddVault = new Vault(address(odd), address(lines), D);
        Robber robber = new Robber(address(oddVault));
        odd.mint(address(this), 100);
        odd.approve(address(oddVault), 100);
        odd.callBack(address(robber));
        robber.plan(abi.encodeCall(IVault.deposit, (address(robber), 1)));
        oddVault.deposit(ann.account, 60);
        assertEq(robber.refusal(), abi.encodePacked(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector));
        assertEq(oddVault.balanceOf(ann.account), 60);

        vm.startPrank(ann.account);
        oddVault.requestWithdrawal(60);
        vm.warp(block.timestamp + D);
        robber.plan(abi.encodeCall(IVault.withdraw, (address(robber), 60)));
        oddVault.withdraw(ann.account, 60);
        assertEq(robber.refusal(), abi.encodePacked(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector));
        assertEq(odd.balanceOf(ann.account), 60);
        assertEq(oddVault.totalHeld(), 0);
    }

    function test_tokens_that_come_in_during_a_deposit_are_credited_once() public {
        OddToken odd = new OddToken(false);
        Vault oddVault = new Vault(address(odd), address(lines), D);
        Robber robber = new Robber(address(oddVault));
        odd.mint(address(this), 60);
        odd.approve(address(oddVault), 60);
        odd.mint(address(robber), 40);
        vm.prank(address(robber));
        odd.approve(address(oddVault), 40);
        odd.callBack(address(robber));
        robber.plan(abi.encodeCall(IVault.depositCustody, (40)));
        oddVault.deposit(ann.account, 30);
        assertEq(robber.refusal(), abi.encodePacked(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector));
        robber.plan(abi.encodeCall(IVault.deposit, (address(robber), 40)));
        oddVault.depositCustody(30);
        assertEq(robber.refusal(), abi.encodePacked(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector));
        assertEq(oddVault.balanceOf(ann.account) + oddVault.custodyOf(address(this)), 60);
        assertEq(odd.balanceOf(address(oddVault)), 60);
        assertEq(oddVault.totalHeld(), 60);
    }

    function test_a_vault_needs_a_token_and_lines() public {
        vm.expectRevert(IVault.ZeroAddress.selector);
        new Vault(address(0), address(lines), D);
        vm.expectRevert(IVault.ZeroAddress.selector);
        new Vault(address(token), address(0), D);
    }

    function _debit(uint64 epoch, bytes32[] memory list) private returns (bytes32[] memory) {
        vm.prank(address(settlement));
        return vault.debit(hub, epoch, list);
    }

    function _assertNotChargeable(uint64 epoch, uint256 time) private {
        vm.warp(time);
        uint256 end = (uint256(epoch) + 1) * E;
        vm.expectRevert(
            abi.encodeWithSelector(ICreditLines.EpochNotChargeable.selector, epoch, end, end + P, block.timestamp)
        );
        vm.prank(address(settlement));
        vault.debit(hub, epoch, rows(ann.account, 1));
    }

    function _notRising(address previous, address account) private pure returns (bytes memory) {
        return abi.encodeWithSelector(ICreditLines.DebitsNotRising.selector, previous, account);
    }

    function _noLine(address account, address who, address forHub, uint64 epoch) private pure returns (bytes memory) {
        return abi.encodeWithSelector(ICreditLines.NoLineInForce.selector, account, who, forHub, epoch);
    }

    function _permit(Person memory who, uint256 amount) private view returns (uint8, bytes32, bytes32) {
        bytes32 typeHash =
            keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
        bytes32 content = keccak256(abi.encode(typeHash, who.account, address(vault), amount, 0, FOREVER));
        return vm.sign(who.key, keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), content)));
    }
}
