// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IServices} from "../interfaces/IServices.sol";
import {ISettlement} from "../interfaces/ISettlement.sol";
import {IVault} from "../interfaces/IVault.sol";
import {Custody} from "../libraries/Custody.sol";
import {Subject, Subjects} from "../libraries/Subject.sol";
import {Evidence} from "./Evidence.sol";

/// @title Cases: opened with a deposit, answered or lost by a deadline
/// @notice While a case is open, the cover of its epoch stays and its penalty is reserved, so its hub cannot leave.
abstract contract Cases is Evidence, ReentrancyGuardTransient {
    using Subjects for Subject;

    /// @dev `due` of a lost case is when its penalty can be collected.
    struct Case {
        address opener;
        uint40 due;
        State state;
        uint96 deposit;
        uint96 penalty;
    }

    /// @notice What the answer about one leaf costs at most, in the vault's token.
    uint96 public immutable leafFee;

    mapping(bytes32 id => Case) private _cases;

    constructor(ISettlement settlement_, IServices services_, uint96 leafFee_) Evidence(settlement_, services_) {
        leafFee = leafFee_;
    }

    /// @notice Takes the penalty of a lost case from the hub's bond, a tenth of it for whoever opened the case; anybody
    /// may, and again while the bond has not paid all of it.
    function collect(Subject calldata subject) external nonReentrant {
        bytes32 id = subject.id();
        Case memory lost = _cases[id];
        if (lost.state != State.Lost || lost.penalty == 0) revert NothingToCollect(id, lost.state, lost.penalty);
        if (block.timestamp < lost.due) revert TooEarly(lost.due, block.timestamp);
        uint96 collected = settlement.collectPenalty(subject.hub, subject.vault, lost.penalty, lost.opener);
        _cases[id].penalty = lost.penalty - collected;
    }

    /// @notice A case by its id.
    function caseOf(bytes32 id) external view returns (Case memory) {
        return _cases[id];
    }

    /// @notice The id of the case about `subject`.
    function idOf(Subject calldata subject) external pure returns (bytes32) {
        return subject.id();
    }

    function _open(Subject memory subject, uint256 due, uint256 deposit, uint96 penalty)
        internal
        returns (bytes32 id, uint96 paid)
    {
        id = subject.id();
        if (_cases[id].state != State.None) revert CaseExists(id, _cases[id].state);
        if (deposit != 0) paid = Custody.pull(IVault(subject.vault), deposit);
        _cases[id] = Case(msg.sender, SafeCast.toUint40(due), State.Open, paid, penalty);
        settlement.openCase(subject.hub, subject.vault, subject.epoch, penalty);
        emit CaseOpened(id, subject.hub, msg.sender, subject, due, paid);
    }

    /// @dev An open case that can still be answered.
    function _answerable(Subject calldata subject) internal view returns (bytes32 id, Case memory open) {
        (id, open) = _opened(subject);
        if (block.timestamp > open.due) revert TooLate(open.due, block.timestamp);
    }

    /// @dev An open case that nobody answered in time.
    function _overdue(Subject calldata subject) internal view returns (bytes32 id, Case memory open) {
        (id, open) = _opened(subject);
        if (block.timestamp <= open.due) revert TooEarly(uint256(open.due) + 1, block.timestamp);
    }

    function _opened(Subject calldata subject) internal view returns (bytes32 id, Case memory open) {
        id = subject.id();
        open = _cases[id];
        if (open.state != State.Open) revert CaseNotOpen(id, open.state);
    }

    /// @dev Ends a case for the hub, which gets up to `toHub` of the deposit.
    function _answer(bytes32 id, Case memory open, Subject calldata subject, address payee, uint256 toHub) internal {
        // Below the deposit.
        // forge-lint: disable-next-line(unsafe-typecast)
        uint96 part = toHub < open.deposit ? uint96(toHub) : open.deposit;
        _close(id, open, subject, State.Answered);
        emit CaseAnswered(id, part);
        _pay(subject.vault, payee, part);
        _pay(subject.vault, open.opener, open.deposit - part);
    }

    /// @dev Ends a case because something else decided it: the deposit goes back, there is no penalty.
    function _lapse(bytes32 id, Case memory open, Subject calldata subject) internal {
        _close(id, open, subject, State.Ended);
        emit CaseLapsed(id);
        _pay(subject.vault, open.opener, open.deposit);
    }

    /// @dev Ends a case against the hub; every batch that is there now is past before the penalty is taken.
    function _lose(bytes32 id, Case memory open, Subject memory subject, uint96 refund) internal {
        uint256 collectableAt = (block.timestamp / EPOCH + 1) * EPOCH + POST + SPAN + 1;
        Case storage stored = _cases[id];
        (stored.state, stored.deposit, stored.due) = (State.Lost, 0, SafeCast.toUint40(collectableAt));
        settlement.closeCase(subject.hub, subject.vault, subject.epoch, 0);
        emit CaseLost(id, refund, open.penalty, collectableAt);
        _pay(subject.vault, open.opener, open.deposit);
    }

    function _pay(address vault, address account, uint96 amount) internal {
        if (amount != 0) Custody.pay(IVault(vault), account, amount);
    }

    function _close(bytes32 id, Case memory open, Subject calldata subject, State state) private {
        Case storage stored = _cases[id];
        (stored.state, stored.deposit, stored.penalty) = (state, 0, 0);
        settlement.closeCase(subject.hub, subject.vault, subject.epoch, open.penalty);
    }
}
