// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SliceProof} from "../../src/interfaces/IChallenge.sol";
import {Kind, Subject} from "../../src/libraries/Subject.sol";
import {CaseInvariants} from "./Cases.t.sol";

/// @title The same where a court decides disputes, as it likes
contract CourtInvariants is CaseInvariants {
    function setUp() public override {
        super.setUp();
        bytes4[] memory verdicts = new bytes4[](3);
        (verdicts[0], verdicts[1], verdicts[2]) =
        (this.doDecide.selector, this.doDecide.selector, this.doDispute.selector);
        targetSelector(FuzzSelector(address(this), verdicts));
    }

    function court() internal pure override returns (address) {
        return address(0xc0417);
    }

    /// @dev Only the provider's bond pays a penalty, and its customer has at most a tenth of it.
    function doDecide(uint256 number, bool forCustomer) external takesFromNoPayee {
        (Subject memory subject, SliceProof memory p) = caseAt(Kind.Dispute, number);
        (address customer, address provider) = (p.slice.leaf.customer, p.slice.leaf.provider);
        (uint256 bonded,,) = providers.bondOf(provider, address(vault));
        uint256 reserved = providers.reservedOf(provider, address(vault));
        vm.prank(court());
        disputes.decide(subject, p.slice, forCustomer);
        (uint256 left,,) = providers.bondOf(provider, address(vault));
        if (bonded - left > reserved) violated("a verdict cost a provider more than what was reserved");
        if (!forCustomer && left != bonded) violated("a verdict for the provider cost it something");
        rewarded[customer] += (bonded - left) / 10;
    }
}
