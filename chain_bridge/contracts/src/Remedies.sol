// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Escrow} from "./Escrow.sol";
import {IRemedies} from "./interfaces/IRemedies.sol";
import {IVault} from "./interfaces/IVault.sol";
import {Custody} from "./libraries/Custody.sol";
import {Rows} from "./libraries/Rows.sol";
import {Charge, Hold, Subject} from "./libraries/Subject.sol";

/// @title What comes back to customers: struck leaves, held credits, void parts
/// @notice See IRemedies. Escrow goes to payees as posted; what a customer is owed comes from the cover of the epoch,
/// except what a provider gives back of its own credit, and the escrow of a void part.
abstract contract Remedies is Escrow {
    /// @inheritdoc IRemedies
    function strike(Subject calldata leaf, Charge calldata charge, uint96 amount, uint96 bonded)
        external
        onlyChallenge
        returns (uint96 refund)
    {
        Part storage part = _partOf(leaf);
        Remedy storage remedy = part.remedies[leaf.index];
        if (remedy.struck) revert AlreadyStruck(leaf.headerHash, leaf.index);
        remedy.struck = true;
        if (amount > remedy.given) refund = _refund(part, leaf, charge, amount - remedy.given);
        if (refund <= bonded) return refund;
        _useCover(leaf.hub, leaf.vault, leaf.epoch, refund - bonded);
        Custody.pay(IVault(leaf.vault), Rows.accountOf(charge.row), refund - bonded);
    }

    /// @inheritdoc IRemedies
    function hold(Subject calldata leaf, bytes32 row, uint32 index, uint96 amount)
        external
        onlyChallenge
        returns (uint96 held)
    {
        Part storage part = _partOf(leaf);
        if (part.state & VOID != 0) revert PartIsVoid(leaf.headerHash);
        if (_isPaid(part, index)) return 0;
        uint96 left = Rows.amountOf(_unheld(part, index, row));
        held = amount < left ? amount : left;
        part.state |= HELD;
        _changeHold(part, leaf, index, part.holds[index].held + held, 0);
    }

    /// @inheritdoc IRemedies
    function endHold(Subject calldata leaf, Hold calldata held, Charge calldata charge, uint96 wanted)
        external
        onlyChallenge
        returns (uint96 given)
    {
        Part storage part = _partOf(leaf);
        Remedy storage remedy = part.remedies[leaf.index];
        if (wanted > held.amount) wanted = held.amount;
        if (wanted != 0 && !remedy.struck) given = _refund(part, leaf, charge, wanted);
        remedy.given += given;
        bool paid = _isPaid(part, held.index);
        _changeHold(part, leaf, held.index, part.holds[held.index].held - held.amount, paid ? 0 : given);
        if (!paid) part.left += given;
        bytes32[] memory rows = new bytes32[](2);
        rows[0] = Rows.withAmount(charge.row, given);
        rows[1] = Rows.withAmount(held.row, paid ? held.amount - given : 0);
        Custody.credit(IVault(leaf.vault), rows);
    }

    /// @inheritdoc IRemedies
    function voidPart(Subject calldata subject, uint96 debits, bytes32[] calldata taken) external onlyChallenge {
        Part storage part = _partOf(subject);
        uint8 state = part.state;
        if (state & VOID != 0) revert PartIsVoid(subject.headerHash);
        part.state = state | VOID;
        uint256 left = state & FINALIZED != 0 ? 0 : debits - part.left;
        (bytes32[] memory rows, uint256 total) = _refundsOf(part, state, taken);
        emit PartVoided(subject.hub, subject.vault, subject.epoch, subject.part, total);
        // Sums of what was taken, below the debits.
        // forge-lint: disable-next-item(unsafe-typecast)
        if (total > left) _useCover(subject.hub, subject.vault, subject.epoch, uint96(total - left));
        // What the bond had paid of it covers the epoch again.
        else _returnCover(subject.hub, subject.vault, subject.epoch, left - total);
        Custody.credit(IVault(subject.vault), rows);
    }

    /// @inheritdoc IRemedies
    function isStruck(address hub, address vault, uint64 epoch, uint32 part, uint32 index)
        external
        view
        returns (bool)
    {
        return _part(hub, vault, epoch, part).remedies[index].struck;
    }

    /// @dev A row never gives back more than was taken of it, and a void part gave back all.
    function _refund(Part storage part, Subject calldata leaf, Charge calldata charge, uint96 amount)
        private
        returns (uint96 refund)
    {
        if (part.state & VOID != 0) return 0;
        uint96 before = part.refunds[charge.index];
        refund = amount < charge.taken - before ? amount : charge.taken - before;
        part.refunds[charge.index] = before + refund;
        part.state |= REFUNDED;
        emit SliceRemedied(leaf.headerHash, leaf.index, Rows.accountOf(charge.row), refund);
    }

    function _changeHold(Part storage part, Subject calldata leaf, uint32 index, uint96 held, uint96 given) private {
        given += part.holds[index].given;
        part.holds[index] = RowHold(held, given);
        emit RowHeld(leaf.headerHash, index, held, given);
    }

    /// @dev The rows that give back what was taken and did not come back before.
    function _refundsOf(Part storage part, uint8 state, bytes32[] calldata taken)
        private
        view
        returns (bytes32[] memory rows, uint256 total)
    {
        rows = new bytes32[](taken.length);
        for (uint256 i = 0; i < taken.length; ++i) {
            uint96 amount = Rows.amountOf(taken[i]);
            if (state & REFUNDED != 0) amount -= part.refunds[i];
            rows[i] = Rows.withAmount(taken[i], amount);
            total += amount;
        }
    }

    function _partOf(Subject calldata subject) private view returns (Part storage) {
        return _part(subject.hub, subject.vault, subject.epoch, subject.part);
    }
}
