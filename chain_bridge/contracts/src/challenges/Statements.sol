// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IServices} from "../interfaces/IServices.sol";
import {ISettlement} from "../interfaces/ISettlement.sol";
import {IStatements} from "../interfaces/IStatements.sol";
import {Header} from "../libraries/Header.sol";
import {Leaf} from "../libraries/Leaf.sol";
import {Merkle} from "../libraries/Merkle.sol";
import {Rows} from "../libraries/Rows.sol";
import {Params} from "../libraries/Schedule.sol";
import {Charge, Kind, Subject, Subjects} from "../libraries/Subject.sol";
import {Cases} from "./Cases.sol";

/// @title Statements
/// @notice See IStatements.
contract Statements is IStatements, Cases {
    /// @dev How far the hub has shown a row: distinct leaves, because their indexes rise.
    struct Shown {
        uint128 sum;
        uint32 next;
        uint32 leaves;
    }

    /// @dev At most a tenth of a row is asked for, so that who was charged little can ask too. It pays for all leaves of
    /// a hub that seals no slice below ten leaf fees.
    uint256 private constant LEAST_LEAF_FEES = 10;

    uint256 private immutable QUEUE;
    uint256 private immutable REVEAL;

    mapping(bytes32 id => Shown) private _shown;
    mapping(bytes31 headerHash => mapping(address customer => uint256)) public revealWindowOf;

    /// @param settlement_ Whose parts. @param services_ Whose royalties. @param leafFee_ Cost of showing one leaf.
    constructor(ISettlement settlement_, IServices services_, uint96 leafFee_) Cases(settlement_, services_, leafFee_) {
        Params memory p = settlement_.params();
        (QUEUE, REVEAL) = (p.queue, p.reveal);
    }

    /// @inheritdoc IStatements
    function demand(Header calldata header, Charge calldata charge, bytes32[] calldata proof)
        external
        nonReentrant
        returns (bytes32 id)
    {
        bytes31 headerHash = _checkHeader(header);
        _checkCharge(header, charge, msg.sender, proof);
        uint256 until = uint256(header.postedAt) + WINDOW;
        if (block.timestamp > until) revert TooLate(until, block.timestamp);
        _checkNotVoid(header, headerHash);
        Subject memory subject = Subjects.make(Kind.Statement, header, headerHash, charge.index, charge.row);
        uint256 deposit = depositOf(header.leafCount, Rows.amountOf(charge.row));
        (id,) = _open(subject, block.timestamp + ANSWER + QUEUE, deposit, header.debits);
    }

    /// @inheritdoc IStatements
    function reveal(Subject calldata subject, Header calldata header, Revealed[] calldata leaves)
        external
        nonReentrant
    {
        // Indexes rise: whoever else showed a later leaf would shut the hub out from the earlier ones.
        if (msg.sender != subject.hub) revert OtherParty(subject.hub, msg.sender);
        (bytes32 id, Case memory open) = _answerable(subject);
        if (_checkHeader(header) != subject.headerHash) revert UnknownHeader(subject.headerHash);
        address customer = Rows.accountOf(subject.content);
        Shown memory shown = _shown[id];
        for (uint256 i = 0; i < leaves.length; ++i) {
            _show(header, customer, shown, leaves[i]);
        }
        _shown[id] = shown;
        revealWindowOf[subject.headerHash][customer] = block.timestamp + REVEAL;
        emit LeavesRevealed(id, leaves.length, shown.sum);
        if (shown.sum >= Rows.amountOf(subject.content)) {
            _answer(id, open, subject, subject.hub, uint256(leafFee) * shown.leaves);
        }
    }

    /// @inheritdoc IStatements
    function voidPart(
        Subject calldata subject,
        Header calldata header,
        bytes32[] calldata debits,
        bytes32[] calldata taken
    ) external nonReentrant {
        (bytes32 id, Case memory open) = _overdue(subject);
        if (_checkHeader(header) != subject.headerHash) revert UnknownHeader(subject.headerHash);
        if (debits.length != taken.length) revert LengthMismatch(debits.length, taken.length);
        for (uint256 i = 0; i < debits.length; ++i) {
            if (Rows.accountOf(debits[i]) != Rows.accountOf(taken[i])) {
                revert OtherParty(Rows.accountOf(debits[i]), Rows.accountOf(taken[i]));
            }
        }
        bytes32 root = Merkle.debitRoot(debits, taken);
        if (root != header.debitRoot) revert WrongDebits(root, header.debitRoot);
        settlement.voidPart(subject, header.debits, taken);
        _lose(id, open, subject, Rows.amountOf(taken[subject.index]));
    }

    /// @inheritdoc IStatements
    function lapse(Subject calldata subject) external nonReentrant {
        (bytes32 id, Case memory open) = _opened(subject);
        if (!settlement.isVoid(subject.hub, subject.vault, subject.epoch, subject.part)) {
            revert PartIsNotVoid(subject.headerHash);
        }
        _lapse(id, open, subject);
    }

    /// @inheritdoc IStatements
    function shownOf(bytes32 id) external view returns (uint256 sum, uint256 leaves, uint256 nextIndex) {
        Shown memory shown = _shown[id];
        return (shown.sum, shown.leaves, shown.next);
    }

    /// @inheritdoc IStatements
    function depositOf(uint32 leafCount, uint96 row) public view returns (uint256 deposit) {
        deposit = uint256(leafFee) * leafCount;
        uint256 most = row / LEAST_LEAF_FEES;
        if (deposit > most) deposit = most;
        if (deposit < leafFee) deposit = leafFee;
    }

    function _show(Header calldata header, address customer, Shown memory shown, Revealed calldata one) private view {
        Leaf calldata leaf = one.leaf;
        if (one.index < shown.next) revert LeafNotRising(one.index, shown.next);
        if (leaf.customer != customer) revert OtherParty(customer, leaf.customer);
        _checkLeaf(header, leaf, one.index, one.proof);
        shown.sum = SafeCast.toUint128(shown.sum + _debitOf(leaf));
        shown.next = one.index + 1;
        ++shown.leaves;
    }
}
