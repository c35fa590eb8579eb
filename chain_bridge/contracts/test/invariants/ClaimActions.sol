// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Hold} from "../../src/libraries/Subject.sol";
import {CaseActions} from "./CaseActions.sol";

/// @title What payees may claim of a hub's bond, and who answers
abstract contract ClaimActions is CaseActions {
    uint64[] internal claimed;

    /// @dev What of the hub's bond is guaranteed, with what open claims have of it.
    uint256 internal allGuaranteed;

    function doGuarantee(uint8 who, uint96 amount) external takesFromNoPayee {
        // A part at a time, so that something is left for posts.
        amount = uint96(_bound(amount, 1, 1 + settlement.freeBond(hub, address(vault)) / 8));
        guarantee(payeeOf(who), guaranteed(payeeOf(who)) + amount);
        allGuaranteed += amount;
    }

    function doRequestRevoke(uint8 who, uint96 amount) external takesFromNoPayee {
        uint256 most = guaranteed(payeeOf(who));
        vm.prank(hub);
        settlement.requestRevoke(address(vault), payeeOf(who).account, _bound(amount, 0, most));
    }

    /// @dev It is let go after its delay, whatever else happens.
    function doRevoke(uint8 who, bool patient) external takesFromNoPayee {
        address payee = payeeOf(who).account;
        (uint256 amount, uint256 leaving, uint256 availableAt) = settlement.guaranteeOf(hub, address(vault), payee);
        if (leaving == 0) return;
        if (patient && block.timestamp < availableAt) vm.warp(availableAt);
        vm.prank(hub);
        try settlement.revoke(address(vault), payee) {
            if (block.timestamp < availableAt) violated("a guarantee was revoked too early");
            allGuaranteed -= amount - guaranteed(payeeOf(who));
        } catch {
            if (block.timestamp >= availableAt) violated("a guarantee was not let go");
        }
    }

    /// @dev The hub signs whatever its payees, or its friend, want to have.
    function doClaim(uint8 back, uint8 amount, uint8 who) external takesFromNoPayee {
        uint64 epoch = currentEpoch() - 1 - back % 3;
        claim(payeeOf(who), epoch, 1 + uint96(amount) * UNIT);
        claimed.push(epoch);
    }

    function doShowCredit(uint256 which, uint8 who) external takesFromNoPayee {
        showCredit(batchOf(which), payeeOf(who).account, hub);
    }

    function doShowCreditForTheHub(uint256 which, uint8 who) external {
        showCredit(batchOf(which), payeeOf(who).account, payeeOf(who).account);
        violated("somebody else answered a claim for the hub");
    }

    function doPayClaim(uint256 which, uint8 who) public takesFromNoPayee {
        uint64 epoch = claimed[which % claimed.length];
        uint96 due = claims.claimOf(hub, address(vault), epoch, payeeOf(who).account).due;
        claims.payClaim(hub, address(vault), epoch, payeeOf(who).account);
        allGuaranteed -= due;
    }

    function showCredit(Batch memory batch, address payee, address by) internal {
        (Hold memory credit, bytes32[] memory proof) = creditOf(batch, payee);
        vm.prank(by);
        claims.showCredit(batch.header, credit.row, credit.index, proof);
    }
}
