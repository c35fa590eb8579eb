// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SliceProof} from "../../src/interfaces/IChallenge.sol";
import {Leaf} from "../../src/libraries/Leaf.sol";
import {Messages, Order, Receipt as SignedReceipt} from "../../src/libraries/Messages.sol";
import {Kind} from "../../src/libraries/Subject.sol";
import {CaseFixture} from "../challenges/CaseFixture.sol";

/// @title Work that was ordered and done: its slices, and what its customer and its provider signed
abstract contract Work is CaseFixture {
    mapping(bytes32 digest => Order) private _orders;
    mapping(bytes32 digest => SignedReceipt) private _receipts;
    uint256 private _jobs;

    /// @dev A job of this epoch with one slice; only Ben has an order signer.
    function work(Person memory who, address provider, uint96 amount) internal returns (Leaf memory leaf) {
        leaf = leafOf(who, provider, "", amount);
        Order memory order =
            Order(hub, address(vault), who.account, 0, keccak256("spec"), leaf.cumulative, ++_jobs, FOREVER);
        leaf.jobId = digestOf(Messages.hash(order));
        SignedReceipt memory receipt = receiptOf(leaf);
        leaf.receiptDigest = digestOf(Messages.hash(receipt));
        (_orders[leaf.jobId], _receipts[leaf.receiptDigest]) = (order, receipt);
    }

    function showOrder(Batch memory batch, uint256 index) internal {
        SliceProof memory p = sliceProof(batch, index);
        bytes memory signature = signatureOf(signer, p.slice.leaf.jobId);
        challenges.showOrder(subjectOf(Kind.Order, p), p.slice, _orders[p.slice.leaf.jobId], signature);
    }

    function showReceipt(Batch memory batch, uint256 index) internal {
        SliceProof memory p = sliceProof(batch, index);
        bytes32 digest = p.slice.leaf.receiptDigest;
        bytes memory signature = signatureOf(p.slice.leaf.provider == north.account ? northKey : south, digest);
        challenges.showReceipt(subjectOf(Kind.Receipt, p), p.slice, _receipts[digest], signature);
    }
}
