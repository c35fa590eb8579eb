// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Guarantees} from "./Guarantees.sol";
import {IRemedies} from "./interfaces/IRemedies.sol";
import {ISettlement} from "./interfaces/ISettlement.sol";
import {IVault} from "./interfaces/IVault.sol";
import {Custody} from "./libraries/Custody.sol";
import {Header, Headers} from "./libraries/Header.sol";
import {Merkle} from "./libraries/Merkle.sol";
import {Rows} from "./libraries/Rows.sol";

/// @title Escrow of posted parts: from the post to the payees, or back
/// @notice A part is paid as posted once its window is over, whatever is challenged: held rows wait, the rest does not,
/// and what a customer is owed after that comes from the hub's cover.
abstract contract Escrow is Guarantees {
    /// @dev `held` waits for disputes, `given` went back to customers.
    struct RowHold {
        uint96 held;
        uint96 given;
    }

    /// @dev What came back of a leaf, by what its provider conceded and then, once, by a strike.
    struct Remedy {
        uint96 given;
        bool struck;
    }

    /// @dev One part; the first slot is all that an unchallenged one ever has. `left` is what has left the escrow row by
    /// row before the whole was finalized, `refunds` what came back of debit rows.
    struct Part {
        bytes31 headerHash;
        uint8 state;
        uint96 left;
        mapping(uint256 word => uint256 bits) finalizedRows;
        mapping(uint256 index => RowHold) holds;
        mapping(uint256 index => uint96) refunds;
        mapping(uint256 index => Remedy) remedies;
    }

    /// @dev Bits of a part's state.
    uint8 internal constant FINALIZED = 1;
    uint8 private constant ROWS_FINALIZED = 2;
    uint8 internal constant HELD = 4;
    uint8 internal constant VOID = 8;
    uint8 internal constant REFUNDED = 16;

    address public immutable treasury;
    uint256 private immutable WINDOW;

    mapping(bytes32 key => Part) private _parts;

    constructor(address treasury_, uint256 window) {
        if (treasury_ == address(0)) revert ZeroTreasury();
        if (treasury_ == address(this)) revert ForbiddenTreasury(treasury_);
        (treasury, WINDOW) = (treasury_, window);
    }

    /// @inheritdoc ISettlement
    function finalize(Header calldata header, bytes32[] calldata credits) external nonReentrant {
        (Part storage part, uint8 state) = _finalizable(header);
        bytes32 creditRoot = Merkle.creditRoot(credits);
        if (creditRoot != header.creditRoot) revert WrongRows(creditRoot, header.creditRoot);
        part.state = state | FINALIZED;
        uint96 fee = header.debits - header.credits;
        bytes32[] memory rows = Rows.copy(credits);
        if (state != 0) _leaveOut(part, state, rows);
        emit Finalized(header.hub, header.vault, header.epoch, header.part, rows.length, fee);
        if (fee != 0) Rows.append(rows, Rows.pack(treasury, fee));
        if (rows.length != 0) Custody.credit(IVault(header.vault), rows);
    }

    /// @inheritdoc ISettlement
    function finalizeRow(Header calldata header, bytes32 row, uint32 index, bytes32[] calldata proof)
        external
        nonReentrant
    {
        (Part storage part, uint8 state) = _finalizable(header);
        if (index >= header.creditCount) revert WrongRow(index, header.creditCount);
        if (_isRowFinalized(part, index)) revert RowAlreadyFinalized(index);
        if (!Merkle.verify(header.creditRoot, Merkle.creditLeaf(row), index, header.creditCount, proof)) {
            revert WrongProof(index);
        }
        part.finalizedRows[index >> 8] |= uint256(1) << (index & 0xff);
        part.state = state | ROWS_FINALIZED;
        part.left += Rows.amountOf(row) - part.holds[index].given;
        emit RowFinalized(header.hub, header.vault, header.epoch, header.part, index, row);
        bytes32 rest = _unheld(part, index, row);
        Custody.pay(IVault(header.vault), Rows.accountOf(rest), Rows.amountOf(rest));
    }

    /// @inheritdoc ISettlement
    function headerHashOf(address hub, address vault, uint64 epoch, uint32 part) external view returns (bytes31) {
        return _part(hub, vault, epoch, part).headerHash;
    }

    /// @inheritdoc ISettlement
    function isFinalized(address hub, address vault, uint64 epoch, uint32 part) external view returns (bool) {
        return _part(hub, vault, epoch, part).state & FINALIZED != 0;
    }

    /// @inheritdoc ISettlement
    function isRowFinalized(address hub, address vault, uint64 epoch, uint32 part, uint32 index)
        external
        view
        returns (bool)
    {
        return _isPaid(_part(hub, vault, epoch, part), index);
    }

    /// @inheritdoc IRemedies
    function isVoid(address hub, address vault, uint64 epoch, uint32 part) external view returns (bool) {
        return _part(hub, vault, epoch, part).state & VOID != 0;
    }

    function _part(address hub, address vault, uint64 epoch, uint32 part) internal view returns (Part storage) {
        return _parts[keccak256(abi.encode(hub, vault, epoch, part))];
    }

    /// @dev The slot of a part that is posted, past its window, and not wholly paid.
    function _finalizable(Header calldata header) private view returns (Part storage part, uint8 state) {
        bytes31 headerHash = Headers.hashOf(header);
        part = _part(header.hub, header.vault, header.epoch, header.part);
        uint256 word;
        assembly ("memory-safe") {
            word := sload(part.slot)
        }
        // The hash is in the low bytes, the state above it.
        // forge-lint: disable-next-line(unsafe-typecast)
        if (bytes31(uint248(word)) != headerHash) revert UnknownHeader(headerHash);
        // forge-lint: disable-next-line(unsafe-typecast)
        state = uint8(word >> 248);
        if (state & FINALIZED != 0) revert AlreadyFinalized(headerHash);
        if (state & VOID != 0) revert PartIsVoid(headerHash);
        uint256 until = uint256(header.postedAt) + WINDOW;
        if (block.timestamp <= until) revert WindowOpen(until, block.timestamp);
    }

    /// @dev Takes out of all rows those that were paid alone, and what is held or given back of the others.
    function _leaveOut(Part storage part, uint8 state, bytes32[] memory rows) private view {
        uint256 count = 0;
        for (uint256 i = 0; i < rows.length; ++i) {
            if (state & ROWS_FINALIZED != 0 && _isRowFinalized(part, i)) continue;
            rows[count++] = state & HELD == 0 ? rows[i] : _unheld(part, i, rows[i]);
        }
        // Shortens the list to the rows that are paid now.
        assembly ("memory-safe") {
            mstore(rows, count)
        }
    }

    function _unheld(Part storage part, uint256 index, bytes32 row) internal view returns (bytes32) {
        RowHold storage kept = part.holds[index];
        return Rows.withAmount(row, Rows.amountOf(row) - kept.held - kept.given);
    }

    function _isPaid(Part storage part, uint256 index) internal view returns (bool) {
        return part.state & FINALIZED != 0 || _isRowFinalized(part, index);
    }

    function _isRowFinalized(Part storage part, uint256 index) private view returns (bool) {
        return part.finalizedRows[index >> 8] >> (index & 0xff) & 1 == 1;
    }
}
