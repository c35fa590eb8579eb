// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ISettlement} from "../../src/interfaces/ISettlement.sol";
import {Header} from "../../src/libraries/Header.sol";
import {Leaf} from "../../src/libraries/Leaf.sol";
import {Rows} from "../../src/libraries/Rows.sol";
import {ClaimActions} from "./ClaimActions.sol";

/// @title A hub that charges what it likes, credits a friend, and leaves as soon as it is let
abstract contract CheatingHub is ClaimActions {
    /// @dev What goes before the next post in its transaction.
    bytes[] private _payments;

    /// @dev One slice is charged twice, to one customer and for two providers.
    function doChargeTwice(uint8 amount) external takesFromNoPayee {
        (Leaf memory a,) = leavesOf(amount);
        Leaf memory b = leafOf(ann, south.account, "", a.providerAmount);
        b.jobId = a.jobId;
        keep(post(list(a, b)));
    }

    /// @dev The customer's row is above its slices, and what is too much goes to a friend.
    function doOvercharge(uint8 amount, uint8 more) external takesFromNoPayee {
        (Leaf memory a, Leaf memory b) = leavesOf(amount);
        uint96 extra = 1 + uint96(more) * UNIT / 10;
        bytes32[] memory debits = rows(ann.account, debitOf(a) + withFee(extra) + 1, ben.account, debitOf(b));
        bytes32[] memory credits = new bytes32[](3);
        credits[0] = Rows.pack(north.account, a.providerAmount);
        credits[1] = Rows.pack(south.account, b.providerAmount);
        credits[2] = Rows.pack(friend.account, extra);
        keep(post(list(a, b), debits, sorted(credits)));
    }

    /// @dev A slice that is false in itself: of another epoch, or with a cumulative amount below its own cost.
    function doPostFault(uint8 amount, bool ofAnotherEpoch) external takesFromNoPayee {
        (Leaf memory a, Leaf memory b) = leavesOf(amount);
        if (ofAnotherEpoch) a.epoch -= 1;
        else a.cumulative = 0;
        keep(post(list(a, b)));
    }

    /// @dev Work is charged and its provider left out.
    function doShave(uint8 amount) external takesFromNoPayee {
        (Leaf memory a, Leaf memory b) = leavesOf(amount);
        Leaf[] memory leaves = list(a, b);
        keep(post(leaves, totals(leaves, true), rows(friend.account, a.providerAmount)));
    }

    /// @dev A batch is paid in the transaction of the next post, and, if only that were possible, twice.
    function doPostWithPayment(uint8 amount, uint256 which, bool twice) external takesFromNoPayee {
        Batch memory batch = batchOf(which);
        (Leaf memory a, Leaf memory b) = leavesOf(amount);
        _payments.push(abi.encodeCall(settlement.finalize, (batch.header, batch.credits)));
        if (twice) _payments.push(_payments[0]);
        keep(post(list(a, b)));
        if (twice) violated("a batch was paid twice in one transaction");
        delete _payments;
    }

    function doRequestUnbond(uint96 amount) external takesFromNoPayee {
        vm.prank(hub);
        settlement.requestUnbond(address(vault), amount);
    }

    function doCancelUnbond() external takesFromNoPayee {
        vm.prank(hub);
        settlement.cancelUnbond(address(vault));
    }

    /// @dev It is let go after its delay exactly when what stays pays all penalties.
    function doUnbond(bool patient) external takesFromNoPayee {
        (,, uint256 leaving, uint256 availableAt) = settlement.bondOf(hub, address(vault));
        if (leaving == 0) return;
        if (patient && block.timestamp < availableAt) vm.warp(availableAt);
        (uint256 total, uint256 covering,,) = settlement.bondOf(hub, address(vault));
        uint256 free = total - covering - leaving - allGuaranteed;
        bool may = block.timestamp >= availableAt && free >= penalties();
        vm.prank(hub);
        try settlement.unbond(address(vault)) {
            if (!may) violated("a hub left too early, or before its penalties");
        } catch {
            if (may) violated("a hub was not let go");
        }
    }

    function post(ISettlement.PostArgs memory args, bytes32[] memory debits, bytes32[] memory credits)
        internal
        override
        returns (Header memory)
    {
        if (_payments.length == 0) return super.post(args, debits, credits);
        bytes[] memory calls = new bytes[](_payments.length + 1);
        for (uint256 i = 0; i < _payments.length; ++i) {
            calls[i] = _payments[i];
        }
        calls[calls.length - 1] = abi.encodeCall(settlement.post, (args, debits, credits));
        vm.prank(hub);
        return abi.decode(settlement.multicall(calls)[calls.length - 1], (Header));
    }
}
