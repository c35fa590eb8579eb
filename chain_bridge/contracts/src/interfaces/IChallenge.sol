// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Header} from "../libraries/Header.sol";
import {Leaf} from "../libraries/Leaf.sol";
import {Charge, Kind, Subject} from "../libraries/Subject.sol";

/// @notice A leaf and the debit row that charges for it.
struct Slice {
    Leaf leaf;
    Charge charge;
}

/// @notice A slice with its place in a posted part.
struct SliceProof {
    Header header;
    Slice slice;
    uint32 index;
    bytes32[] leafProof;
    bytes32[] rowProof;
}

/// @notice A leaf with its place in a posted part.
struct LeafProof {
    Header header;
    Leaf leaf;
    uint32 index;
    bytes32[] proof;
}

/// @title What all challenges share: cases that end by a deadline
/// @notice A case is opened with a deposit for the cost of the answer. Answered in time, the deposit is the hub's;
/// unanswered, it goes back, and the hub owes a penalty that is collected when no batch of today is open any more.
interface IChallenge {
    enum State {
        None,
        Open,
        Answered,
        Lost,
        Ended
    }

    /// @notice A case was opened; `subject` is what every later call hands back. Answers count until `due`.
    event CaseOpened(
        bytes32 indexed id, address indexed hub, address indexed opener, Subject subject, uint256 due, uint256 deposit
    );

    /// @notice A case ended in the hub's favour: `toHub` of the deposit is the hub's, the rest is the opener's again.
    event CaseAnswered(bytes32 indexed id, uint256 toHub);

    /// @notice The hub lost a case: the opener has its deposit again, `penalty` can be collected from `collectableAt` on.
    event CaseLost(bytes32 indexed id, uint256 refund, uint256 penalty, uint256 collectableAt);

    /// @notice A case ended without a winner, because something else decided it.
    event CaseLapsed(bytes32 indexed id);

    error NotFixed(address where, address challenge);
    error UnknownHeader(bytes31 headerHash);
    error PartIsVoid(bytes31 headerHash);
    error WrongLeaf(uint32 index);
    error WrongDebit(uint32 index);
    error WrongKind(Kind kind, Kind expected);
    error WrongContent(bytes32 content, bytes32 expected);
    error OtherParty(address expected, address actual);
    error WrongSigner(address expected, address actual);
    error TooLate(uint256 until, uint256 nowSeconds);
    error TooEarly(uint256 from, uint256 nowSeconds);
    error AlreadyStruck(bytes31 headerHash, uint32 index);
    error CaseExists(bytes32 id, State state);
    error CaseNotOpen(bytes32 id, State state);
    error NothingToCollect(bytes32 id, State state, uint256 penalty);
}
