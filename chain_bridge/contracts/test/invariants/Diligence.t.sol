// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICreditLines} from "../../src/interfaces/ICreditLines.sol";
import {Header} from "../../src/libraries/Header.sol";
import {Kind} from "../../src/libraries/Subject.sol";
import {DiligentHub} from "./DiligentHub.sol";

/// @title A hub that admits what is safe and answers in time loses nothing, whatever everybody else does
/// @notice Customers withdraw, change their lines, and let another hub charge all it can; customers and providers
/// challenge every slice, demand every statement and claim every IOU, alone or together.
contract DiligenceInvariants is DiligentHub {
    address private otherHub = makeAddr("other hub");

    function setUp() public override {
        super.setUp();
        fundBond(otherHub, BOND);
        for (uint8 i = 0; i < 2; ++i) {
            guarantee(payeeOf(i), 500 * UNIT);
        }
        this.setLine(0, true, 50 * UNIT);
        this.setLine(1, true, 50 * UNIT);
        for (uint256 i = 0; i < 8; ++i) {
            this.admit(i, i / 2, 20 * UNIT, false, i);
        }
        this.pass(11);
        targetContract(address(this));
        targetSelector(FuzzSelector(address(this), _work()));
        targetSelector(FuzzSelector(address(this), _attacks()));
    }

    /// @dev One campaign checks all of it after every call, so that each call is another one.
    /// forge-config: deep.invariant.runs = 300
    function invariant_a_diligent_hub_loses_nothing() public view {
        assertEq(violation, "");
        (uint256 total,,,) = settlement.bondOf(hub, address(vault));
        assertEq(total, BOND, "the bond");
        assertEq(vault.totalHeld(), token.balanceOf(address(vault)));
    }

    /// @dev When all is answered and paid, providers have what they earned, and the hub leaves with its whole bond.
    function afterInvariant() public {
        for (uint256 i = 0; i < 100; ++i) {
            pass(11);
        }
        for (uint256 i = 0; i < opened[Kind.Dispute].length; ++i) {
            attempt(abi.encodeCall(this.doExpire, (i)));
        }
        for (uint256 i = 0; i < batches.length; ++i) {
            attempt(abi.encodeCall(this.doFinalize, (i)));
        }
        assertEq(violation, "");
        assertEq(penalties(), 0, "penalties");
        for (uint8 i = 0; i < 2; ++i) {
            address provider = payeeOf(i).account;
            assertGe(vault.balanceOf(provider) + conceded[provider], earned[provider], "what a provider earned");
        }
        vm.startPrank(hub);
        for (uint8 i = 0; i < 2; ++i) {
            settlement.requestRevoke(address(vault), payeeOf(i).account, 500 * UNIT);
        }
        vm.warp(block.timestamp + 1000);
        for (uint8 i = 0; i < 2; ++i) {
            settlement.revoke(address(vault), payeeOf(i).account);
        }
        settlement.requestUnbond(address(vault), BOND);
        vm.warp(block.timestamp + 1000);
        settlement.unbond(address(vault));
    }

    // Customers and another hub

    function requestWithdrawal(uint256 who, uint96 amount) external {
        address customer = customerAt(who).account;
        uint256 most = vault.balanceOf(customer);
        vm.prank(customer);
        vault.requestWithdrawal(_bound(amount, 0, most));
    }

    function withdraw(uint256 who) external {
        address customer = customerAt(who).account;
        (uint256 pending,) = vault.pendingWithdrawal(customer);
        uint256 balance = vault.balanceOf(customer);
        vm.prank(customer);
        vault.withdraw(customer, pending < balance ? pending : balance);
    }

    function deposit(uint256 who, uint96 amount) external {
        fund(customerAt(who).account, _bound(amount, 1, 1000 * UNIT));
    }

    function setLine(uint256 who, bool forOther, uint96 cap) external {
        Person memory customer = customerAt(who);
        ICreditLines.Line memory line = lineOf(customer.account, uint96(_bound(cap, 0, 500 * UNIT)));
        if (forOther) line.hub = otherHub;
        else if (who % 2 == 1) line.orderSigner = signer.account;
        vm.prank(customer.account);
        lines.openByCustomer(line);
    }

    /// @dev Another hub charges for the last epoch whatever the customer's line lets it.
    function chargeByOther(uint256 who) external returns (Header memory) {
        address customer = customerAt(who).account;
        vm.prank(otherHub);
        return settlement.post(argsOf(currentEpoch() - 1, 0, 1), rows(customer, 1000 * UNIT), rows());
    }

    function _work() private pure returns (bytes4[] memory list_) {
        list_ = new bytes4[](10);
        (list_[0], list_[1]) = (this.pass.selector, this.admit.selector);
        (list_[2], list_[3], list_[4]) = (this.doFinalizeRow.selector, this.doConcede.selector, this.doExpire.selector);
        (list_[5], list_[6]) = (this.requestWithdrawal.selector, this.withdraw.selector);
        (list_[7], list_[8]) = (this.deposit.selector, this.setLine.selector);
        list_[9] = this.chargeByOther.selector;
    }

    function _attacks() private pure returns (bytes4[] memory list_) {
        list_ = new bytes4[](8);
        (list_[0], list_[1]) = (this.attackStatement.selector, this.attackOrder.selector);
        (list_[2], list_[3]) = (this.attackReceipt.selector, this.attackClaim.selector);
        (list_[4], list_[5]) = (this.strikeHonest.selector, this.doDispute.selector);
        (list_[6], list_[7]) = (this.doRevealForTheHub.selector, this.doShowCreditForTheHub.selector);
    }
}
