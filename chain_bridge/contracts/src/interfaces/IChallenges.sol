// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Order, Receipt} from "../libraries/Messages.sol";
import {Subject} from "../libraries/Subject.sol";
import {LeafProof, Slice, SliceProof} from "./IChallenge.sol";

/// @title Challenges of single leaves
/// @notice A leaf that contradicts itself or another one is struck at once. A leaf that its customer did not order, or
/// its provider did not sign for, is struck when the hub does not show the order or the receipt in time. The customer
/// has back what it paid for it, from the hub's bond; what payees were credited stays theirs.
interface IChallenges {
    error NoFault(bytes31 headerHash, uint32 index);
    error OtherIsYounger(uint64 other, uint64 struck);
    error NoOrderSigner(address customer, uint64 epoch);
    error OtherJob(bytes32 jobId, bytes32 digest);
    error OrderDoesNotCover(bytes32 digest);
    error OrderExceeded(uint256 cumulative, uint256 maxAmount);
    error OtherReceipt(bytes32 receiptDigest, bytes32 digest);
    error ReceiptDoesNotCover(bytes32 digest);

    /// @notice Strikes a leaf that is wrong in itself: of another epoch than its header's, ending before it begins, or
    /// with a cumulative amount below its own.
    function proveFault(SliceProof calldata struck) external;

    /// @notice Strikes a leaf that another one, not younger, contradicts: the same job and number, time of one attempt
    /// that is charged twice, or a cumulative amount that does not grow by what is charged.
    function proveDuplicate(SliceProof calldata struck, LeafProof calldata other) external;

    /// @notice The customer doubts that it ordered a leaf's job; its line must have named an order signer.
    function challengeOrder(SliceProof calldata p) external returns (bytes32 id);

    /// @notice Answers with the order that gave the job its id.
    function showOrder(Subject calldata subject, Slice calldata slice, Order calldata order, bytes calldata signature)
        external;

    /// @notice The provider denies having signed for a leaf.
    function challengeReceipt(SliceProof calldata p) external returns (bytes32 id);

    /// @notice Answers with the receipt that the leaf names.
    function showReceipt(
        Subject calldata subject,
        Slice calldata slice,
        Receipt calldata receipt,
        bytes calldata signature
    ) external;

    /// @notice Strikes a leaf whose challenge was not answered in time; anybody may.
    function strike(Subject calldata subject, Slice calldata slice) external;
}
