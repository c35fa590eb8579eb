// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Leaf} from "../../src/libraries/Leaf.sol";
import {Rows} from "../../src/libraries/Rows.sol";
import {Hold} from "../../src/libraries/Subject.sol";
import {Work} from "./Work.sol";

/// @title Batches that are posted and paid, and what is remembered of them
abstract contract BatchActions is Work {
    bytes[] internal batches;
    mapping(address customer => uint256) internal taken;
    Person internal friend;

    /// @notice The first thing that happened and must not; empty when nothing did.
    string public violation;

    /// @dev Nobody but a customer that is charged ever has less in the vault than before.
    modifier takesFromNoPayee() {
        address[6] memory payees = [north.account, south.account, friend.account, hub, treasury, NOBODY];
        uint256[6] memory before;
        for (uint256 i = 0; i < 6; ++i) {
            before[i] = vault.balanceOf(payees[i]);
        }
        _;
        for (uint256 i = 0; i < 6; ++i) {
            if (vault.balanceOf(payees[i]) < before[i]) violated("somebody was paid from a payee's balance");
        }
    }

    function setUp() public virtual override {
        super.setUp();
        friend = person("friend of the hub");
        register(friend, friend.account, 500 * UNIT);
        giveTokens(friend.account);
    }

    function doWait(uint8 secs) external {
        vm.warp(block.timestamp + 1 + secs % 12);
    }

    function doPost(uint8 amount) external takesFromNoPayee {
        (Leaf memory a, Leaf memory b) = leavesOf(amount);
        keep(post(list(a, b)));
    }

    /// @dev A part for each customer, the lower address first.
    function doPostParts(uint8 amount) external takesFromNoPayee {
        (Leaf memory a, Leaf memory b) = leavesOf(amount);
        if (a.customer > b.customer) (a, b) = (b, a);
        uint64 epoch = endEpoch();
        keep(post(list(a), totals(list(a), true), totals(list(a), false), epoch, 0, 2));
        keep(post(list(b), totals(list(b), true), totals(list(b), false), epoch, 1, 2));
    }

    function doFinalize(uint256 which) public takesFromNoPayee {
        Batch memory batch = batchOf(which);
        settlement.finalize(batch.header, batch.credits);
    }

    function doFinalizeRow(uint256 which, uint8 who) external takesFromNoPayee {
        finalizeRow(batchOf(which), payeeOf(who).account);
    }

    function finalizeRow(Batch memory batch, address payee) internal {
        (Hold memory credit, bytes32[] memory proof) = creditOf(batch, payee);
        settlement.finalizeRow(batch.header, credit.row, credit.index, proof);
    }

    /// @dev Two slices in this epoch, of two customers and two providers.
    function leavesOf(uint8 amount) internal returns (Leaf memory a, Leaf memory b) {
        a = work(ann, north.account, 1 + uint96(amount) * UNIT / 10);
        b = work(ben, south.account, 1 + uint96(amount) * UNIT / 20);
    }

    function keep(Batch memory batch) internal {
        batches.push(abi.encode(batch));
        for (uint256 i = 0; i < batch.taken.length; ++i) {
            taken[Rows.accountOf(batch.taken[i])] += Rows.amountOf(batch.taken[i]);
        }
    }

    function batchOf(uint256 which) internal view returns (Batch memory) {
        return abi.decode(batches[pick(which, batches.length)], (Batch));
    }

    /// @dev Numbers beyond a list mean one of its last three, about which most can still be done.
    function pick(uint256 number, uint256 length) internal pure returns (uint256) {
        return number < length ? number : length - 1 - number % (length < 3 ? length : 3);
    }

    function payeeOf(uint8 who) internal view returns (Person memory) {
        if (who % 3 == 0) return north;
        return who % 3 == 1 ? south : friend;
    }

    /// @dev Does what may be refused.
    function attempt(bytes memory call) internal {
        (bool done,) = address(this).call(call);
        done;
    }

    /// @dev Kept in storage: a revert would only undo the action that went wrong.
    function violated(string memory what) internal {
        if (bytes(violation).length == 0) violation = what;
    }
}
