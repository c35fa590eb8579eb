// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Header} from "../libraries/Header.sol";
import {Iou} from "../libraries/Messages.sol";
import {IChallenge} from "./IChallenge.sol";

/// @title Claims of payees on what a hub guarantees them
/// @notice A payee claims an epoch once, with the hub's IOU: the hub shows rows that were paid, or the payee's guarantee
/// pays what is missing.
interface IClaims {
    /// @param missing What the IOU says and no row was shown for. @param due What is claimed of it, at most what the
    /// guarantee had.
    /// @param nextPart The first part whose row can be shown. @param deposit For the hub's answer.
    /// @param until Last second to answer.
    struct Claim {
        uint96 missing;
        uint96 due;
        uint32 nextPart;
        IChallenge.State state;
        uint96 deposit;
        uint40 until;
    }

    /// @notice A payee claims `due` of what its IOU says; rows can be shown until `until`.
    event Claimed(
        address indexed hub,
        address indexed vault,
        uint64 indexed epoch,
        address payee,
        uint256 cumulative,
        uint256 due,
        uint256 until
    );

    /// @notice The hub showed a row that was paid; `missing` of what the IOU says still is, and no more than that is due.
    event CreditShown(
        address indexed hub, address indexed vault, uint64 indexed epoch, address payee, uint32 part, uint256 missing
    );

    event ClaimPaid(address indexed hub, address indexed vault, uint64 indexed epoch, address payee, uint256 amount);

    error NoGuarantee(address hub, address vault, address payee);
    error ClaimExists(address payee, IChallenge.State state);
    error ClaimNotOpen(address payee, IChallenge.State state);
    error PartNotRising(uint32 part, uint32 least);
    error WrongCredit(uint32 index);
    error CreditNotPaid(uint32 part, uint32 index);

    /// @notice Claims up to `wanted` of what the sender's IOU says: what no row has paid; takes a leaf fee as deposit.
    function claim(Iou calldata iou, bytes calldata signature, uint96 wanted) external;

    /// @notice Shows a credit row of the payee that was paid; parts in rising order.
    function showCredit(Header calldata header, bytes32 row, uint32 index, bytes32[] calldata proof) external;

    /// @notice Pays what is missing when the hub can answer no more; anybody may.
    function payClaim(address hub, address vault, uint64 epoch, address payee) external;

    /// @notice A payee's claim on an epoch.
    function claimOf(address hub, address vault, uint64 epoch, address payee) external view returns (Claim memory);

    /// @notice EIP-712 digest of an IOU, which the hub signs.
    function iouDigest(Iou calldata iou) external view returns (bytes32);
}
