// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Header} from "../libraries/Header.sol";
import {Leaf} from "../libraries/Leaf.sol";
import {Charge, Subject} from "../libraries/Subject.sol";

/// @title Statements: what a row was charged for, or the part is void
/// @notice The account of a debit row demands, once, that the hub shows the leaves that sum to it. This is the answer to
/// a hub that bills more than its leaves, and to one that hides its file.
interface IStatements {
    /// @notice A leaf with its place.
    struct Revealed {
        Leaf leaf;
        uint32 index;
        bytes32[] proof;
    }

    /// @notice The hub showed `leaves` more leaves, which are in this transaction's calldata; `sum` is shown so far.
    /// @dev They can be challenged for the time W2 from now on.
    event LeavesRevealed(bytes32 indexed id, uint256 leaves, uint256 sum);

    error LeafNotRising(uint32 index, uint32 least);
    error PartIsNotVoid(bytes31 headerHash);
    error LengthMismatch(uint256 debits, uint256 taken);
    error WrongDebits(bytes32 root, bytes32 expected);

    /// @notice Demands the leaves of the sender's own debit row, within the window of the part; takes the deposit.
    function demand(Header calldata header, Charge calldata charge, bytes32[] calldata proof)
        external
        returns (bytes32 id);

    /// @notice Shows leaves of the row, with rising indexes over all calls; the case ends when they sum to the row.
    function reveal(Subject calldata subject, Header calldata header, Revealed[] calldata leaves) external;

    /// @notice After the deadline: the part is void, and its customers have back what was taken.
    /// @param debits The part's debit rows as posted. @param taken The same accounts with what was taken of them.
    function voidPart(
        Subject calldata subject,
        Header calldata header,
        bytes32[] calldata debits,
        bytes32[] calldata taken
    ) external;

    /// @notice Ends a case about a part that is void already.
    function lapse(Subject calldata subject) external;

    /// @notice What a hub has shown for a demand.
    function shownOf(bytes32 id) external view returns (uint256 sum, uint256 leaves, uint256 nextIndex);

    /// @notice The deposit for a demand: a leaf fee for each leaf of the part, at most a tenth of the row.
    function depositOf(uint32 leafCount, uint96 row) external view returns (uint256);

    /// @notice Until when a customer's revealed leaves of a part can be challenged (unix seconds); 0 when none were.
    function revealWindowOf(bytes31 headerHash, address customer) external view returns (uint256);
}
