// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Header} from "../libraries/Header.sol";
import {Params} from "../libraries/Schedule.sol";
import {IBonds} from "./IBonds.sol";
import {IGuarantees} from "./IGuarantees.sol";
import {IRemedies} from "./IRemedies.sol";

/// @title Settlement: batches of hubs, from the post through the window to the credits
/// @notice A hub is an address with a bond per vault. It posts the netted rows of an epoch in parts; what is taken from
/// customers sits in escrow until the window is over; then anybody finalizes.
interface ISettlement is IBonds, IGuarantees, IRemedies {
    /// @notice What a hub says about a part; everything else of its header is computed here.
    struct PostArgs {
        address vault;
        uint64 epoch;
        uint32 part;
        uint32 parts;
        bytes32 jobsRoot;
        uint32 leafCount;
        bytes32 fileDigest;
        bytes32 secretHash;
        bytes32 previousSecret;
    }

    /// @notice A part was posted; `header` is what every later call hands back.
    /// @dev From now on header.debits * coverBps / 10_000, rounded up, of the hub's bond stands behind it, until
    /// settleSeconds are over and no case of the epoch is open (CaseCounted).
    event Posted(address indexed hub, address indexed vault, uint64 indexed epoch, bytes31 headerHash, Header header);

    /// @notice The hub's bond paid `amount` of the debits that the customers' lines or balances did not.
    event ShortfallPaid(address indexed hub, address indexed vault, uint64 indexed epoch, uint32 part, uint256 amount);

    /// @notice One credit row was paid alone.
    event RowFinalized(
        address indexed hub, address indexed vault, uint64 indexed epoch, uint32 part, uint32 index, bytes32 row
    );

    /// @notice All credit rows of a part are paid; `rows` of them now, and `toTreasury` to the treasury.
    event Finalized(
        address indexed hub, address indexed vault, uint64 indexed epoch, uint32 part, uint256 rows, uint256 toTreasury
    );

    error EpochNotRising(uint64 epoch, uint64 lastEpoch);
    error PostTooEarly(uint256 from, uint256 nowSeconds);
    error PostTooLate(uint256 until, uint256 nowSeconds);
    error WrongPart(uint32 part, uint32 expected);
    error WrongParts(uint32 parts, uint32 expected);
    error NoLeaves();
    error NoDebits();
    error TooManyRows(uint256 rows, uint256 most);
    error RowsNotRising(address previous, address account);
    error ZeroRow(address account);
    error ForbiddenAccount(address account);
    error SumTooLarge(uint256 sum);
    error FeeTooLow(uint256 debits, uint256 credits, uint256 leastFee);
    error RingFull(uint256 open);
    error UnknownHeader(bytes31 headerHash);
    error WindowOpen(uint256 until, uint256 nowSeconds);
    error AlreadyFinalized(bytes31 headerHash);
    error RowAlreadyFinalized(uint32 index);
    error WrongRows(bytes32 root, bytes32 expected);
    error WrongProof(uint32 index);
    error WrongRow(uint32 index, uint32 count);
    error ZeroTreasury();
    error ForbiddenTreasury(address treasury);
    error TimesDiffer(bytes32 name, uint256 here, uint256 there);

    /// @notice Adds the sender's tokens to the bond of `hub`.
    function depositBond(address vault, address hub, uint256 amount) external;

    /// @notice Asks for a part of the sender's free bond; from now on it covers no post.
    function requestUnbond(address vault, uint256 amount) external;

    /// @notice Takes the request back.
    function cancelUnbond(address vault) external;

    /// @notice Credits the requested part to the sender's balance in the vault, after the delay.
    function unbond(address vault) external;

    /// @notice Posts one part of the sender's batch of an epoch: takes the debits into escrow and keeps the header.
    /// @param args What the hub states.
    /// @param debits Rows (address, amount), addresses strictly rising over all parts of the epoch.
    /// @param credits Rows (address, amount), addresses strictly rising.
    /// @return header What every later call hands back.
    function post(PostArgs calldata args, bytes32[] calldata debits, bytes32[] calldata credits)
        external
        returns (Header memory header);

    /// @notice Pays all credit rows of a part that are not paid yet, and the treasury; anybody may, after the window.
    function finalize(Header calldata header, bytes32[] calldata credits) external;

    /// @notice Pays one credit row of a part by its Merkle proof; anybody may, after the window.
    function finalizeRow(Header calldata header, bytes32 row, uint32 index, bytes32[] calldata proof) external;

    /// @notice Frees the bond behind posts that nothing can be demanded for any more; posting does so by itself.
    function releaseCover(address hub, address vault) external;

    /// @notice The hash of a posted part's header; zero when none was posted.
    function headerHashOf(address hub, address vault, uint64 epoch, uint32 part) external view returns (bytes31);

    /// @notice Whether all credit rows of a part are paid.
    function isFinalized(address hub, address vault, uint64 epoch, uint32 part) external view returns (bool);

    /// @notice Whether the credit row `index` of a part is paid.
    function isRowFinalized(address hub, address vault, uint64 epoch, uint32 part, uint32 index)
        external
        view
        returns (bool);

    /// @notice The last epoch that a hub posted, and how many of its parts; 0 parts when it never posted.
    function lastEpoch(address hub, address vault) external view returns (uint64 epoch, uint32 posted, uint32 parts);

    /// @notice What of a hub's bond stands behind nothing, is guaranteed to nobody and is not leaving.
    function freeBond(address hub, address vault) external view returns (uint256);

    /// @notice A hub's bond: all of it, guarantees included, what stands behind posts, what is leaving, and since when that can be taken out.
    function bondOf(address hub, address vault)
        external
        view
        returns (uint256 total, uint256 covering, uint256 leaving, uint256 availableAt);

    /// @notice When nothing can be demanded for an epoch any more (T); 0 when nothing was posted, or when that is past and no
    /// case keeps its cover.
    function coveredUntil(address hub, address vault, uint64 epoch) external view returns (uint256);

    /// @notice Whether batches in `vault` are accepted.
    function isVault(address vault) external view returns (bool);

    /// @notice Account that gets debits - credits of every part.
    function treasury() external view returns (address);

    /// @notice The CreditLines contract that the times were checked against.
    function lines() external view returns (address);

    /// @notice The Providers contract that the times were checked against.
    function providers() external view returns (address);

    /// @notice The times and rates of this deployment.
    function params() external view returns (Params memory);

    /// @notice Seconds after a post until nothing can be demanded for it any more (T - post).
    function settleSeconds() external view returns (uint256);

    /// @notice Seconds between the request and the release of a hub's bond.
    function unbondingSeconds() external view returns (uint256);

    /// @notice EIP-712 domain separator of receipts, IOUs and orders.
    function domainSeparator() external view returns (bytes32);
}
