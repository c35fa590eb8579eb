// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Leaf} from "../../src/libraries/Leaf.sol";
import {Kind} from "../../src/libraries/Subject.sol";
import {Params} from "../../src/libraries/Schedule.sol";
import {CarefulPayee} from "./CarefulPayee.sol";

/// @title A payee that counts on its guarantee alone has all that it earned, whatever the hub and its friends do
/// @notice The hub leaves the payee out, posts late or never, pays friends, has parts voided, is fined, takes its bond and
/// its guarantees back as soon as it is let; friends and other payees claim whatever it signs.
contract EarningInvariants is CarefulPayee {
    function setUp() public virtual override {
        super.setUp();
        guarantee(pat, 200 * UNIT);
        for (uint8 i = 0; i < 3; ++i) {
            this.doGuarantee(i, 100 * UNIT);
        }
        targetContract(address(this));
        targetSelector(FuzzSelector(address(this), _hubs()));
        targetSelector(FuzzSelector(address(this), _others()));
    }

    /// forge-config: deep.invariant.runs = 300
    function invariant_a_careful_payee_is_never_refused_what_it_does_in_time() public view {
        assertEq(violation, "");
    }

    function afterInvariant() public {
        for (uint256 i = 0; i < 40; ++i) {
            pass(11);
        }
        for (uint256 i = 0; i < opened[Kind.Dispute].length; ++i) {
            attempt(abi.encodeCall(this.doExpire, (i)));
        }
        assertEq(violation, "");
        assertGe(vault.balanceOf(pat.account), promisedInAll(), "what was earned");
    }

    // The hub

    /// @dev Pat has `share` of 256 parts of what it earned, a friend what is left.
    function postEpoch(uint8 back, uint8 share, bool all) external {
        uint64 epoch = currentEpoch() - 1 - back % 2;
        uint96 pats = all ? promised[epoch] : promised[epoch] * share / 256;
        Leaf[] memory leaves = new Leaf[](3);
        (leaves[0], leaves[1]) = leavesOf(share);
        leaves[2] = work(ann, friend.account, 1 + promised[epoch] - pats);
        for (uint256 i = 0; i < 3; ++i) {
            leaves[i].epoch = epoch;
        }
        if (pats != 0) leaves[1] = work(ben, pat.account, pats);
        Batch memory batch = post(leaves, totals(leaves, true), totals(leaves, false), epoch, 0, 1);
        keep(batch);
        uint256 payable_ = batch.header.postedAt + settlement.params().window + 1;
        owe(payable_, abi.encodeCall(this.takeRow, (batches.length - 1)));
    }

    function guaranteePat(uint96 amount) external {
        guarantee(pat, guaranteed(pat) + _bound(amount, 1, 100 * UNIT));
    }

    function revokePats(uint96 amount, bool now_) external {
        uint256 most = guaranteed(pat);
        vm.prank(hub);
        if (now_) settlement.revoke(address(vault), pat.account);
        else settlement.requestRevoke(address(vault), pat.account, _bound(amount, 0, most));
    }

    function exit(uint96 amount, uint8 how) external {
        vm.prank(hub);
        if (how % 3 == 0) settlement.requestUnbond(address(vault), _bound(amount, 1, BOND));
        else if (how % 3 == 1) settlement.cancelUnbond(address(vault));
        else settlement.unbond(address(vault));
    }

    /// @dev It answers a claim of Pat with what it paid, if that answers it.
    function answerPat(uint256 which) external {
        showCredit(batchOf(which), pat.account, hub);
    }

    function _hubs() private pure returns (bytes4[] memory list_) {
        list_ = new bytes4[](9);
        (list_[0], list_[1], list_[2]) = (this.postEpoch.selector, this.postEpoch.selector, this.guaranteePat.selector);
        (list_[3], list_[4], list_[5]) = (this.revokePats.selector, this.exit.selector, this.answerPat.selector);
        (list_[6], list_[7]) = (this.doGuarantee.selector, this.doRequestRevoke.selector);
        list_[8] = this.doRevokeInTime.selector;
    }

    function _others() private pure returns (bytes4[] memory list_) {
        list_ = new bytes4[](19);
        (list_[0], list_[1], list_[2]) = (this.pass.selector, this.pass.selector, this.doWork.selector);
        (list_[3], list_[4], list_[5]) = (this.doWork.selector, this.doClaim.selector, this.doPayClaim.selector);
        (list_[6], list_[7], list_[8]) = (this.doDemand.selector, this.doVoid.selector, this.doReveal.selector);
        (list_[9], list_[10]) = (this.doChallengeReceipt.selector, this.doStrike.selector);
        (list_[11], list_[12]) = (this.doCollect.selector, this.doDispute.selector);
        (list_[13], list_[14]) = (this.doExpire.selector, this.doFinalize.selector);
        (list_[15], list_[16]) = (this.doCollectVoid.selector, this.pass.selector);
        (list_[17], list_[18]) = (this.pass.selector, this.pass.selector);
    }

    function doRevokeInTime(uint8 who) external {
        this.doRevoke(who, false);
    }
}

/// @title The same where a claim waits for its answer until those of later epochs have to be made
contract EarningBesideSlowAnswersInvariants is EarningInvariants {
    function profile() internal pure override returns (Params memory p) {
        p = super.profile();
        p.answer = 30;
    }

    function delays() internal pure override returns (uint256 notice, uint256 withdrawal, uint256 unbonding) {
        return (N, D, 114);
    }
}

/// @title The same where posts can wait for longer than an epoch
contract EarningOverLongPostsInvariants is EarningInvariants {
    function profile() internal pure override returns (Params memory p) {
        p = super.profile();
        (p.post, p.window) = (uint32(E) + 2, 13);
    }

    function delays() internal pure override returns (uint256 notice, uint256 withdrawal, uint256 unbonding) {
        return (48, 49, 81);
    }
}
