// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Remedies} from "./Remedies.sol";
import {ISettlement} from "./interfaces/ISettlement.sol";
import {IVault} from "./interfaces/IVault.sol";
import {Header, Headers} from "./libraries/Header.sol";
import {Merkle} from "./libraries/Merkle.sol";
import {Rows} from "./libraries/Rows.sol";
import {Params, Schedule} from "./libraries/Schedule.sol";

/// @title Posts of hubs: rows are checked and summed, debits taken into escrow, the header kept by its hash
abstract contract Posting is Remedies {
    /// @dev Where a batch of several parts stands; not written for a batch of one part.
    struct Progress {
        address lastDebit;
        uint32 epoch;
        uint32 posted;
        uint32 parts;
    }

    uint256 private constant MOST_ROWS = 1000;
    uint32 private constant PARAMS_VERSION = 1;

    uint256 private immutable EPOCH;
    uint256 private immutable POST;
    uint256 private immutable FEE_BPS;
    uint256 private immutable COVER_BPS;

    mapping(address hub => mapping(address vault => Progress)) private _progress;

    constructor(Params memory p) {
        (EPOCH, POST, FEE_BPS, COVER_BPS) = (p.epoch, p.post, p.feeBps, p.coverBps);
    }

    /// @inheritdoc ISettlement
    function post(PostArgs calldata args, bytes32[] calldata debits, bytes32[] calldata credits)
        external
        returns (Header memory header)
    {
        header = _post(args, debits, credits);
        // It lies in memory as it is returned.
        assembly ("memory-safe") {
            return(header, 640)
        }
    }

    /// @inheritdoc ISettlement
    function lastEpoch(address hub, address vault) external view returns (uint64 epoch, uint32 posted, uint32 parts) {
        epoch = _bond(hub, vault).hub.lastEpoch;
        if (epoch == 0) return (0, 0, 0);
        Progress memory progress = _progress[hub][vault];
        return progress.epoch == epoch ? (epoch, progress.posted, progress.parts) : (epoch, 1, 1);
    }

    function _post(PostArgs calldata args, bytes32[] calldata debits, bytes32[] calldata credits)
        private
        nonReentrant
        returns (Header memory header)
    {
        _checkTime(args.epoch);
        _checkCounts(args.leafCount, debits.length, credits.length);
        Bond storage bond = _bond(msg.sender, args.vault);
        Hub memory hub = _load(bond);
        address previous = _advance(hub, args, Rows.accountOf(debits[debits.length - 1]));
        header = _headerOf(args);
        _sumUp(header, debits, credits, previous);
        // Before the vault is called: a vault that is not allowed has no bonds, so nothing gets past this.
        _cover(bond, hub, args.vault, args.part, _share(header.debits, COVER_BPS));
        _takeDebits(header, bond, hub, debits);
        _store(bond, hub);
        header.creditRoot = Merkle.creditRoot(credits);
        _keep(header);
    }

    /// @dev Checks the place of a part and moves on; returns the account below which no debit of it may be.
    function _advance(Hub memory hub, PostArgs calldata args, address lastDebit) private returns (address) {
        if (args.part != 0) return _goOn(hub, args, lastDebit);
        if (args.epoch <= hub.lastEpoch) revert EpochNotRising(args.epoch, hub.lastEpoch);
        if (args.parts == 0) revert WrongParts(0, 1);
        hub.lastEpoch = SafeCast.toUint32(args.epoch);
        if (args.parts != 1) _progress[msg.sender][args.vault] = Progress(lastDebit, hub.lastEpoch, 1, args.parts);
        return address(0);
    }

    /// @dev The same of a part that is not the first.
    function _goOn(Hub memory hub, PostArgs calldata args, address lastDebit) private returns (address) {
        Progress memory progress = _progress[msg.sender][args.vault];
        if (args.epoch != progress.epoch || args.epoch != hub.lastEpoch) revert WrongPart(args.part, 0);
        if (args.part != progress.posted || args.part >= progress.parts) {
            revert WrongPart(args.part, progress.posted);
        }
        if (args.parts != progress.parts) revert WrongParts(args.parts, progress.parts);
        _progress[msg.sender][args.vault] = Progress(lastDebit, hub.lastEpoch, args.part + 1, args.parts);
        return progress.lastDebit;
    }

    /// @dev Keeps the header's hash, and the header itself in the event.
    function _keep(Header memory header) private {
        bytes31 headerHash = Headers.hash(header);
        _part(header.hub, header.vault, header.epoch, header.part).headerHash = headerHash;
        bytes32 topic = Posted.selector;
        // As `emit Posted(header.hub, header.vault, header.epoch, headerHash, header)`: the header lies in memory as the
        // event has it.
        assembly ("memory-safe") {
            let data := mload(0x40)
            mstore(data, and(headerHash, not(0xff)))
            mcopy(add(data, 32), header, 640)
            log4(data, 672, topic, mload(header), mload(add(header, 32)), mload(add(header, 64)))
        }
    }

    function _takeDebits(Header memory header, Bond storage bond, Hub memory hub, bytes32[] calldata debits) private {
        bytes32[] memory rows = IVault(header.vault).debit(msg.sender, header.epoch, debits);
        if (rows.length == 0) {
            header.taken = header.debits;
            header.debitRoot = Merkle.debitRoot(debits);
            return;
        }
        uint256 taken = 0;
        for (uint256 i = 0; i < rows.length; ++i) {
            unchecked {
                taken += Rows.amountOf(rows[i]);
            }
        }
        header.taken = SafeCast.toUint96(taken);
        header.debitRoot = Merkle.debitRoot(debits, rows);
        uint256 shortfall = header.debits - taken;
        // The bond is in the same custody as the escrow: from here on this part of it is escrow.
        _useFree(bond, hub, msg.sender, header.vault, shortfall);
        emit ShortfallPaid(msg.sender, header.vault, header.epoch, header.part, shortfall);
    }

    function _checkCounts(uint256 leaves, uint256 debits, uint256 credits) private pure {
        if (leaves == 0) revert NoLeaves();
        if (debits == 0) revert NoDebits();
        if (debits + credits > MOST_ROWS) revert TooManyRows(debits + credits, MOST_ROWS);
    }

    /// @dev Fills in the header's sums and counts; a part that does not conserve value with its fee reverts.
    function _sumUp(Header memory header, bytes32[] calldata debits, bytes32[] calldata credits, address previous)
        private
        view
    {
        header.debits = _sum(debits, header.vault, previous, address(this));
        header.credits = _sum(credits, header.vault, address(0), treasury);
        // At most MOST_ROWS.
        // forge-lint: disable-next-item(unsafe-typecast)
        (header.debitCount, header.creditCount) = (uint32(debits.length), uint32(credits.length));
        uint256 fee = _share(header.credits, FEE_BPS);
        if (header.debits < header.credits + fee) revert FeeTooLow(header.debits, header.credits, fee);
    }

    /// @dev What the hub states goes into the header as it is: the same words in the same order, which were read, and so
    /// checked for stray bits, before.
    function _headerOf(PostArgs calldata args) private view returns (Header memory header) {
        assembly ("memory-safe") {
            // vault, epoch, part, parts, jobsRoot, leafCount, fileDigest; secretHash, previousSecret
            calldatacopy(add(header, 32), args, 224)
            calldatacopy(add(header, 576), add(args, 224), 64)
        }
        header.hub = msg.sender;
        header.postedAt = uint64(block.timestamp);
        header.postedBlock = uint64(block.number);
        header.paramsVersion = PARAMS_VERSION;
    }

    function _checkTime(uint64 epoch) private view {
        uint256 end = (uint256(epoch) + 1) * EPOCH;
        if (block.timestamp < end) revert PostTooEarly(end, block.timestamp);
        if (block.timestamp > end + POST) revert PostTooLate(end + POST, block.timestamp);
    }

    /// @dev Sum of rows that rise strictly above `previous`, none of them zero or of an account that must not be there.
    function _sum(bytes32[] calldata rows, address vault, address previous, address forbidden)
        private
        view
        returns (uint96)
    {
        (uint256 sum, bool sound) = Rows.sum(rows, previous, vault, address(this), forbidden);
        if (!sound) _refuse(rows, vault, previous, forbidden);
        if (sum > type(uint96).max) revert SumTooLarge(sum);
        // forge-lint: disable-next-line(unsafe-typecast)
        return uint96(sum);
    }

    /// @dev Finds the row that is not sound.
    function _refuse(bytes32[] calldata rows, address vault, address previous, address forbidden) private view {
        for (uint256 i = 0; i < rows.length; ++i) {
            address account = Rows.accountOf(rows[i]);
            if (account <= previous) revert RowsNotRising(previous, account);
            if (Rows.amountOf(rows[i]) == 0) revert ZeroRow(account);
            if (account == vault || account == address(this) || account == forbidden) revert ForbiddenAccount(account);
            previous = account;
        }
    }

    /// @dev `bps` of `amount`, rounded up.
    function _share(uint96 amount, uint256 bps) private pure returns (uint256) {
        // Rates are at most MAX_COVER_BPS.
        unchecked {
            return (amount * bps + Schedule.BPS - 1) / Schedule.BPS;
        }
    }
}
