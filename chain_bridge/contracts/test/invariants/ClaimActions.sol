// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Hold} from "../../src/libraries/Subject.sol";
import {CaseActions} from "./CaseActions.sol";

/// @title What payees may claim of a hub's bond, and who answers
abstract contract ClaimActions is CaseActions {
    uint64[] internal claimed;

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
        claims.payClaim(hub, address(vault), claimed[which % claimed.length], payeeOf(who).account);
    }

    function showCredit(Batch memory batch, address payee, address by) internal {
        (Hold memory credit, bytes32[] memory proof) = creditOf(batch, payee);
        vm.prank(by);
        claims.showCredit(batch.header, credit.row, credit.index, proof);
    }

    /// @dev What bonds have set aside for claims.
    function pots() internal view returns (uint256 sum) {
        for (uint256 i = 0; i < claimed.length; ++i) {
            bool counted = false;
            for (uint256 j = 0; j < i && !counted; ++j) {
                counted = claimed[j] == claimed[i];
            }
            if (!counted) sum += settlement.potOf(hub, address(vault), claimed[i]);
        }
    }
}
