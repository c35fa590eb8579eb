// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Kind} from "../../src/libraries/Subject.sol";
import {CheatingHub} from "./CheatingHub.sol";

/// @title What holds after any sequence of challenges, answers, deadlines and exits
/// @notice The hub posts honest batches and every kind of false one; everybody challenges whatever it can at any time.
/// At the end of every run all deadlines pass: then each case ends, and everybody's whole bond and balance can leave.
contract CaseInvariants is CheatingHub {
    function setUp() public virtual override {
        super.setUp();
        for (uint8 i = 0; i < 3; ++i) {
            this.doGuarantee(i, 300 * UNIT);
        }
        targetContract(address(this));
        targetSelector(FuzzSelector(address(this), _honest()));
        targetSelector(FuzzSelector(address(this), _cheating()));
    }

    /// @dev One campaign checks all of it after every call, so that each call is another one.
    /// forge-config: deep.invariant.runs = 1200
    function invariant_all_that_must_hold_of_cases() public view {
        this.holds_the_vault_holds_exactly_what_it_owes();
        this.holds_bonds_are_always_there();
        this.holds_customers_never_have_more_than_they_brought_and_their_rewards();
        this.holds_customers_never_have_less_than_what_was_taken_of_their_rows_leaves();
        this.holds_nobody_is_paid_from_a_payees_balance_and_the_hub_leaves_exactly_when_it_may();
        this.holds_providers_bonds_are_there_and_never_reserved_above_what_they_are();
    }

    function holds_the_vault_holds_exactly_what_it_owes() external view {
        assertEveryTokenIsSomebodys();
    }

    function holds_bonds_are_always_there() external view {
        (uint256 total,,,) = settlement.bondOf(hub, address(vault));
        assertGe(vault.custodyOf(address(settlement)), total);
        assertGe(total, allGuaranteed);
    }

    function holds_customers_never_have_more_than_they_brought_and_their_rewards() external view {
        // Bonds of disputes and deposits of demands come from outside, so they are allowed for.
        address[2] memory customers = [ann.account, ben.account];
        for (uint256 i = 0; i < customers.length; ++i) {
            uint256 brought = 1000 * UNIT + 10_000 * UNIT - token.balanceOf(customers[i]);
            assertLe(vault.balanceOf(customers[i]), brought + rewarded[customers[i]]);
        }
    }

    function holds_customers_never_have_less_than_what_was_taken_of_their_rows_leaves() external view {
        assertGe(vault.balanceOf(ann.account) + taken[ann.account], 1000 * UNIT);
        assertGe(vault.balanceOf(ben.account) + taken[ben.account], 1000 * UNIT);
    }

    function holds_nobody_is_paid_from_a_payees_balance_and_the_hub_leaves_exactly_when_it_may() external view {
        assertEq(violation, "");
    }

    function holds_providers_bonds_are_there_and_never_reserved_above_what_they_are() external view {
        assertProvidersHaveTheirBonds();
    }

    /// @dev All deadlines pass, everything that is open is ended by whoever likes, and all leave.
    function afterInvariant() public {
        vm.warp(block.timestamp + 1000);
        _end();
        for (uint256 i = 0; i < claimed.length; ++i) {
            for (uint8 who = 0; who < 3; ++who) {
                attempt(abi.encodeCall(this.doPayClaim, (i, who)));
            }
        }
        assertEq(vault.custodyOf(address(statements)) + vault.custodyOf(address(challenges)), 0, "deposits");
        assertEq(vault.custodyOf(address(disputes)) + vault.custodyOf(address(claims)), 0, "bonds of disputes");
        vm.warp(block.timestamp + 1000);
        _collect();
        assertEq(penalties(), 0, "penalties");
        _leave();
        assertEq(vault.custodyOf(address(settlement)), 0, "escrow");
        assertEq(vault.custodyOf(address(providers)), 0, "providers' bonds");
    }

    function _end() private {
        for (uint256 i = 0; i < opened[Kind.Statement].length; ++i) {
            attempt(abi.encodeCall(this.doVoid, (i)));
            attempt(abi.encodeCall(this.doLapse, (i)));
        }
        for (uint256 i = 0; i < opened[Kind.Order].length; ++i) {
            attempt(abi.encodeCall(this.doStrike, (i, true)));
        }
        for (uint256 i = 0; i < opened[Kind.Receipt].length; ++i) {
            attempt(abi.encodeCall(this.doStrike, (i, false)));
        }
        for (uint256 i = 0; i < opened[Kind.Dispute].length; ++i) {
            attempt(abi.encodeCall(this.doExpire, (i)));
        }
        for (uint256 i = 0; i < batches.length; ++i) {
            attempt(abi.encodeCall(this.doFinalize, (i)));
        }
    }

    function _collect() private {
        Kind[3] memory kinds = [Kind.Order, Kind.Receipt, Kind.Fault];
        for (uint8 kind = 0; kind < 3; ++kind) {
            for (uint256 i = 0; i < opened[kinds[kind]].length; ++i) {
                attempt(abi.encodeCall(this.doCollect, (i, kind)));
            }
        }
        for (uint256 i = 0; i < opened[Kind.Statement].length; ++i) {
            attempt(abi.encodeCall(this.doCollectVoid, (i)));
        }
    }

    /// @dev None of it may be refused: the hub's bond, those of the providers, and what a customer has.
    function _leave() private {
        (,, uint256 leaving,) = settlement.bondOf(hub, address(vault));
        for (uint8 i = 0; i < 3; ++i) {
            this.doRequestRevoke(i, uint96(guaranteed(payeeOf(i))));
        }
        vm.warp(block.timestamp + 1000);
        for (uint8 i = 0; i < 3; ++i) {
            this.doRevoke(i, true);
        }
        vm.startPrank(hub);
        if (leaving != 0) settlement.unbond(address(vault));
        settlement.requestUnbond(address(vault), settlement.freeBond(hub, address(vault)));
        vm.stopPrank();
        for (uint8 i = 0; i < 3; ++i) {
            address provider = payeeOf(i).account;
            (uint256 bonded,,) = providers.bondOf(provider, address(vault));
            vm.prank(provider);
            providers.requestUnbond(address(vault), bonded);
        }
        uint256 balance = vault.balanceOf(ann.account);
        vm.prank(ann.account);
        vault.requestWithdrawal(balance);
        vm.warp(block.timestamp + 1000);
        vm.prank(hub);
        settlement.unbond(address(vault));
        for (uint8 i = 0; i < 3; ++i) {
            vm.prank(payeeOf(i).account);
            providers.unbond(address(vault));
        }
        vm.prank(ann.account);
        vault.withdraw(ann.account, balance);
        (uint256 total,,,) = settlement.bondOf(hub, address(vault));
        assertEq(total, 0, "the hub's bond");
    }

    function _honest() private pure returns (bytes4[] memory list_) {
        list_ = new bytes4[](26);
        (list_[0], list_[1], list_[2]) = (this.doWait.selector, this.doPost.selector, this.doFinalize.selector);
        (list_[3], list_[4]) = (this.doFinalizeRow.selector, this.doProveDuplicate.selector);
        (list_[5], list_[6]) = (this.doProveFault.selector, this.doChallengeReceipt.selector);
        (list_[7], list_[8], list_[9]) = (this.doStrike.selector, this.doDemand.selector, this.doReveal.selector);
        (list_[10], list_[11], list_[12]) = (this.doVoid.selector, this.doDispute.selector, this.doConcede.selector);
        (list_[13], list_[14], list_[15]) = (this.doExpire.selector, this.doClaim.selector, this.doShowCredit.selector);
        (list_[16], list_[17]) = (this.doPayClaim.selector, this.doCollect.selector);
        (list_[18], list_[19]) = (this.doPostParts.selector, this.doChallengeOrder.selector);
        (list_[20], list_[21]) = (this.doShowOrder.selector, this.doShowReceipt.selector);
        (list_[22], list_[23]) = (this.doRevealForTheHub.selector, this.doShowCreditForTheHub.selector);
        (list_[24], list_[25]) = (this.doLapse.selector, this.doConcedeByHub.selector);
    }

    function _cheating() private pure returns (bytes4[] memory list_) {
        list_ = new bytes4[](12);
        (list_[0], list_[1]) = (this.doChargeTwice.selector, this.doOvercharge.selector);
        (list_[2], list_[3]) = (this.doPostFault.selector, this.doShave.selector);
        (list_[4], list_[5]) = (this.doRequestUnbond.selector, this.doCancelUnbond.selector);
        (list_[6], list_[7]) = (this.doUnbond.selector, this.doCollectVoid.selector);
        (list_[8], list_[9]) = (this.doPostWithPayment.selector, this.doGuarantee.selector);
        (list_[10], list_[11]) = (this.doRequestRevoke.selector, this.doRevoke.selector);
    }
}
