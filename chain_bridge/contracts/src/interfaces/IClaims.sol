// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Header} from "../libraries/Header.sol";
import {Iou} from "../libraries/Messages.sol";
import {IChallenge} from "./IChallenge.sol";

/// @title Claims of payees on the bond of a hub that did not credit what it had signed
/// @notice A payee claims an epoch once, with the hub's IOU and with as much of its own bond: the hub shows rows that
/// were paid, or its bond pays the difference, after customers and pro rata after a common deadline.
interface IClaims {
    /// @param cumulative What the IOU says. @param shown What rows paid. @param due What is missing, at most `reserved`.
    /// @param reserved Of the payee's own bond, until the claim ends.
    struct Claim {
        uint96 cumulative;
        uint96 due;
        uint32 nextPart;
        IChallenge.State state;
        uint96 reserved;
        uint96 deposit;
        uint128 shown;
    }

    /// @param until Last second to claim. @param closed Whether it is shared. @param rest Last second in which cover that
    /// was there at a claim that the bond did not reach can become free. @param due Sum of what is missing.
    /// @param pot What the bond has for it.
    struct Pool {
        uint40 until;
        bool closed;
        uint40 rest;
        uint128 due;
        uint96 pot;
    }

    event Claimed(
        address indexed hub,
        address indexed vault,
        uint64 indexed epoch,
        address payee,
        uint256 cumulative,
        uint256 due,
        uint256 until
    );

    /// @notice The hub showed a row that was paid; `due` is still missing.
    event CreditShown(
        address indexed hub, address indexed vault, uint64 indexed epoch, address payee, uint32 part, uint256 due
    );

    /// @notice Nobody can claim or answer any more: `pot` is there for `due`.
    event PoolClosed(address indexed hub, address indexed vault, uint64 indexed epoch, uint256 pot, uint256 due);

    event ClaimPaid(
        address indexed hub, address indexed vault, uint64 indexed epoch, address payee, uint256 amount, uint256 due
    );

    error NoBond(address payee, address vault);
    error NoPool(address hub, address vault, uint64 epoch);
    error ClaimExists(address payee, IChallenge.State state);
    error ClaimNotOpen(address payee, IChallenge.State state);
    error PartNotRising(uint32 part, uint32 least);
    error WrongCredit(uint32 index);
    error CreditNotPaid(uint32 part, uint32 index);

    /// @notice Claims what the sender's IOU says and no row paid; takes a leaf fee as deposit.
    function claim(Iou calldata iou, bytes calldata signature) external;

    /// @notice Shows a credit row of the payee that was paid; parts in rising order.
    function showCredit(Header calldata header, bytes32 row, uint32 index, bytes32[] calldata proof) external;

    /// @notice Pays a claim once nobody can claim or answer any more, and no customer's case of the epoch is open.
    function payClaim(address hub, address vault, uint64 epoch, address payee) external;

    /// @notice Frees what an epoch's claims keep in place, once nobody can claim or answer any more and no customer's case
    /// of it is open; paying a claim does so by itself, and this where all of them were answered.
    function closePool(address hub, address vault, uint64 epoch) external;

    /// @notice A payee's claim on an epoch.
    function claimOf(address hub, address vault, uint64 epoch, address payee) external view returns (Claim memory);

    /// @notice All claims on an epoch.
    function poolOf(address hub, address vault, uint64 epoch) external view returns (Pool memory);

    /// @notice EIP-712 digest of an IOU, which the hub signs.
    function iouDigest(Iou calldata iou) external view returns (bytes32);
}
