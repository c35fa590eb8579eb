// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ICreditLines} from "./interfaces/ICreditLines.sol";
import {IVault} from "./interfaces/IVault.sol";
import {Epochs} from "./libraries/Epochs.sol";
import {Key, Keys} from "./libraries/Keys.sol";
import {Rows} from "./libraries/Rows.sol";
import {Schedule} from "./libraries/Schedule.sol";

/// @title Credit lines
/// @notice See ICreditLines.
/// @dev A change takes the place of the old terms only when no epoch of theirs
/// can be posted any more, so one slot of pending terms is enough.
contract CreditLines is ICreditLines, EIP712 {
    /// @dev All that a post reads of a line, in one slot and in the order that _within takes it apart; `nextFrom` is 0
    /// when no change is pending.
    struct Current {
        uint96 cap;
        uint32 fromEpoch;
        uint32 untilEpoch;
        uint32 nextFrom;
        uint32 keyCount;
    }

    struct Next {
        uint96 cap;
        uint32 untilEpoch;
    }

    /// @dev The keys outlive the line: they are asked for by epoch.
    struct Entry {
        Current current;
        Next next;
        mapping(uint256 index => Key) keys;
    }

    /// @dev `caps` is the sum over all lines on the balance, the larger of old and new while one changes.
    struct Account {
        uint128 caps;
        uint64 nonce;
    }

    bytes32 private constant LINE_TYPEHASH = keccak256(
        "Line(address customer,address settlement,address hub,address vault,string tenant,uint96 capPerEpoch,uint64 expiresAt,address orderSigner,uint256 nonce,uint64 validUntil)"
    );

    uint256 public immutable epochSeconds;
    uint256 public immutable postSeconds;
    uint256 public immutable noticeSeconds;
    uint256 public immutable reserveFactor;

    mapping(bytes32 lane => mapping(address customer => Entry)) private _entries;
    mapping(address customer => mapping(address vault => Account)) private _accounts;

    /// @param epochSeconds_ E. @param postSeconds_ P. @param noticeSeconds_ N.
    constructor(uint256 epochSeconds_, uint256 postSeconds_, uint256 noticeSeconds_) EIP712("Hansa CreditLines", "1") {
        Schedule.atLeast("epoch", epochSeconds_, 1);
        Schedule.atLeast("notice", noticeSeconds_, epochSeconds_ + postSeconds_);
        epochSeconds = epochSeconds_;
        postSeconds = postSeconds_;
        noticeSeconds = noticeSeconds_;
        // Epochs of another hub that can be charged from now until this hub's present epoch can no longer be posted:
        // floor(P / E) + 1 that are over, and as many that are not.
        reserveFactor = 2 * (postSeconds_ / epochSeconds_ + 1);
    }

    /// @inheritdoc ICreditLines
    function open(Line calldata line, bytes calldata signature) external {
        Refusal refusal = _openSigned(line, signature);
        if (refusal != Refusal.None) revert LineNotSet(refusal);
    }

    /// @inheritdoc ICreditLines
    function openByCustomer(Line calldata line) external {
        if (msg.sender != line.customer) revert NotTheCustomer(line.customer, msg.sender);
        Refusal refusal = _open(line);
        if (refusal != Refusal.None) revert LineNotSet(refusal);
    }

    /// @inheritdoc ICreditLines
    function openBatch(Line[] calldata lines, bytes[] calldata signatures) external returns (uint256 opened) {
        if (lines.length != signatures.length) revert LengthMismatch(lines.length, signatures.length);
        for (uint256 i = 0; i < lines.length; ++i) {
            Refusal refusal = _openSigned(lines[i], signatures[i]);
            if (refusal == Refusal.None) ++opened;
            else emit LineRefused(i, lines[i].customer, refusal);
        }
    }

    /// @inheritdoc ICreditLines
    function revoke(address settlement, address hub, address vault) external {
        Account memory account = _accounts[msg.sender][vault];
        Line memory line;
        (line.customer, line.settlement, line.hub, line.vault) = (msg.sender, settlement, hub, vault);
        line.nonce = account.nonce;
        Refusal refusal = _set(line, account);
        if (refusal != Refusal.None) revert LineNotSet(refusal);
        _accounts[msg.sender][vault] = account;
    }

    /// @inheritdoc ICreditLines
    function skipNonce(address vault) external {
        uint64 nonce = ++_accounts[msg.sender][vault].nonce;
        emit NonceChanged(msg.sender, vault, nonce);
    }

    /// @inheritdoc ICreditLines
    function prune(address customer, address settlement, address hub, address vault) external {
        Account memory account = _accounts[customer][vault];
        Line memory line;
        (line.customer, line.settlement, line.hub, line.vault) = (customer, settlement, hub, vault);
        if (!_prune(_entries[_lane(settlement, hub, vault)][customer], account, line)) {
            revert NothingToPrune(customer, settlement, hub, vault);
        }
        _accounts[customer][vault] = account;
    }

    /// @inheritdoc ICreditLines
    function domainSeparator() external view returns (bytes32) {
        return _domainSeparatorV4();
    }

    /// @inheritdoc ICreditLines
    function nonceOf(address customer, address vault) external view returns (uint256) {
        return _accounts[customer][vault].nonce;
    }

    /// @inheritdoc ICreditLines
    function capsOf(address customer, address vault) external view returns (uint256) {
        return _accounts[customer][vault].caps;
    }

    /// @inheritdoc ICreditLines
    function lineInForce(address customer, address settlement, address hub, address vault, uint64 epoch)
        external
        view
        returns (Terms memory terms)
    {
        Entry storage entry = _entries[_lane(settlement, hub, vault)][customer];
        if (_capAt(entry, epoch) == 0) return terms;
        bool changed = entry.current.nextFrom != 0 && epoch >= entry.current.nextFrom;
        return changed ? _nextTerms(entry) : _currentTerms(entry);
    }

    /// @inheritdoc ICreditLines
    function orderSignerOf(address customer, address settlement, address hub, address vault, uint64 epoch)
        external
        view
        returns (address)
    {
        Entry storage entry = _entries[_lane(settlement, hub, vault)][customer];
        return Keys.inForce(entry.keys, entry.current.keyCount, epoch);
    }

    /// @inheritdoc ICreditLines
    function lineOf(address customer, address settlement, address hub, address vault)
        external
        view
        returns (Terms memory current, Terms memory next)
    {
        Entry storage entry = _entries[_lane(settlement, hub, vault)][customer];
        current = _currentTerms(entry);
        if (entry.current.nextFrom != 0) next = _nextTerms(entry);
    }

    /// @inheritdoc ICreditLines
    function limit(
        address settlement,
        address hub,
        address vault,
        uint64 epoch,
        address previous,
        bytes32[] calldata rows
    ) external view returns (bytes32[] memory limited) {
        _checkChargeable(epoch);
        mapping(address customer => Entry) storage entries = _entries[_lane(settlement, hub, vault)];
        for (uint256 i = 0; (i = _within(entries, epoch, rows, i, previous)) < rows.length; ++i) {
            bytes32 row = rows[i];
            if (i != 0) previous = Rows.accountOf(rows[i - 1]);
            if (Rows.accountOf(row) <= previous) revert DebitsNotRising(previous, Rows.accountOf(row));
            previous = Rows.accountOf(row);
            uint96 cap = _capAt(entries[Rows.accountOf(row)], epoch);
            if (cap == 0) revert NoLineInForce(Rows.accountOf(row), settlement, hub, epoch);
            if (cap >= Rows.amountOf(row)) continue;
            if (limited.length == 0) limited = rows;
            limited[i] = Rows.withAmount(row, cap);
        }
    }

    /// @inheritdoc ICreditLines
    function safeAmount(address customer, address settlement, address hub, address vault)
        external
        view
        returns (uint256)
    {
        Entry storage entry = _entries[_lane(settlement, hub, vault)][customer];
        uint256 cap = _capAt(entry, Epochs.current(epochSeconds));
        // Requested funds count from the request on, not from when they can leave.
        // slither-disable-next-line unused-return
        (uint256 pending,) = IVault(vault).pendingWithdrawal(customer);
        uint256 others = uint256(_accounts[customer][vault].caps) - _counted(entry);
        uint256 taken = pending + reserveFactor * others;
        uint256 balance = IVault(vault).balanceOf(customer);
        if (balance <= taken) return 0;
        return Math.min(cap, balance - taken);
    }

    /// @inheritdoc ICreditLines
    function lineDigest(Line calldata line) public view returns (bytes32) {
        return _hashTypedDataV4(
            keccak256(
                abi.encode(
                    LINE_TYPEHASH,
                    line.customer,
                    line.settlement,
                    line.hub,
                    line.vault,
                    keccak256(bytes(line.tenant)),
                    line.capPerEpoch,
                    line.expiresAt,
                    line.orderSigner,
                    line.nonce,
                    line.validUntil
                )
            )
        );
    }

    function _openSigned(Line calldata line, bytes calldata signature) private returns (Refusal) {
        if (block.timestamp > line.validUntil) return Refusal.SignatureTooOld;
        if (!SignatureChecker.isValidSignatureNowCalldata(line.customer, lineDigest(line), signature)) {
            return Refusal.WrongSignature;
        }
        return _open(line);
    }

    function _open(Line calldata line) private returns (Refusal refusal) {
        Account memory account = _accounts[line.customer][line.vault];
        if (line.nonce != account.nonce) return Refusal.WrongNonce;
        refusal = _set(line, account);
        if (refusal == Refusal.None) ++account.nonce;
        // Written in any case: what was pruned on the way is pruned.
        _accounts[line.customer][line.vault] = account;
    }

    /// @dev Writes the line; `account` is changed in memory and written by the caller.
    function _set(Line memory line, Account memory account) private returns (Refusal) {
        if (
            line.customer == address(0) || line.settlement == address(0) || line.hub == address(0)
                || line.vault == address(0)
        ) return Refusal.ZeroParty;
        Entry storage entry = _entries[_lane(line.settlement, line.hub, line.vault)][line.customer];
        _prune(entry, account, line);
        // The only line on a balance harms no other hub and is in force at once.
        uint32 fromEpoch =
            account.caps == 0 ? Epochs.current(epochSeconds) : Epochs.afterNotice(epochSeconds, noticeSeconds);
        uint256 until = Math.min(line.expiresAt / epochSeconds, type(uint32).max);
        Terms memory terms = Terms({
            cap: line.capPerEpoch,
            fromEpoch: fromEpoch,
            untilEpoch: SafeCast.toUint32(until),
            orderSigner: line.orderSigner
        });
        if (terms.cap != 0 && terms.untilEpoch <= fromEpoch) return Refusal.Expired;
        Refusal refusal = entry.current.cap == 0 ? _setFirst(entry, account, terms) : _setNext(entry, account, terms);
        if (refusal != Refusal.None) return refusal;
        if (terms.cap != 0) _setKey(entry, terms.orderSigner, terms.fromEpoch);
        emit LineSet(line.customer, line.hub, line.vault, line.settlement, line.tenant, terms, line.nonce);
        emit CapsChanged(line.customer, line.vault, account.caps);
        return Refusal.None;
    }

    function _setFirst(Entry storage entry, Account memory account, Terms memory terms) private returns (Refusal) {
        if (terms.cap == 0) return Refusal.NothingToClose;
        entry.current = Current(terms.cap, terms.fromEpoch, terms.untilEpoch, 0, entry.current.keyCount);
        account.caps += terms.cap;
        return Refusal.None;
    }

    function _setNext(Entry storage entry, Account memory account, Terms memory terms) private returns (Refusal) {
        Current memory current = entry.current;
        if (current.nextFrom != 0) return Refusal.ChangePending;
        entry.current.nextFrom = terms.fromEpoch;
        entry.next = Next(terms.cap, terms.untilEpoch);
        // A raise counts from now on, a cut only when the old cap can no longer be charged.
        if (terms.cap > current.cap) account.caps += terms.cap - current.cap;
        return Refusal.None;
    }

    function _setKey(Entry storage entry, address key, uint32 fromEpoch) private {
        uint32 count = entry.current.keyCount;
        address last = count == 0 ? address(0) : entry.keys[count - 1].key;
        if (key == last) return;
        entry.keys[count] = Key(key, fromEpoch);
        entry.current.keyCount = count + 1;
    }

    /// @dev Puts the pending terms in the place of the old ones, and removes expired terms, as soon as no epoch of what
    /// goes can be posted any more.
    function _prune(Entry storage entry, Account memory account, Line memory line) private returns (bool pruned) {
        Current memory current = entry.current;
        if (current.cap == 0) return false;
        uint128 before = _counted(entry);
        uint96 cap = current.cap;
        if (current.nextFrom != 0 && _isPast(current.nextFrom)) {
            Next memory next = entry.next;
            current = Current(next.cap, current.nextFrom, next.untilEpoch, 0, current.keyCount);
            delete entry.next;
            pruned = true;
        }
        if (current.nextFrom == 0 && _isPast(current.untilEpoch)) {
            current = Current(0, 0, 0, 0, current.keyCount);
            pruned = true;
        }
        if (!pruned) return false;
        entry.current = current;
        account.caps = account.caps - before + current.cap;
        emit LinePruned(line.customer, line.hub, line.vault, line.settlement, cap);
        emit CapsChanged(line.customer, line.vault, account.caps);
    }

    /// @dev An epoch is charged when it is over, and while it can be posted: so many epochs are open, and no more.
    function _checkChargeable(uint64 epoch) private view {
        uint256 end = (uint256(epoch) + 1) * epochSeconds;
        if (block.timestamp < end || block.timestamp > end + postSeconds) {
            revert EpochNotChargeable(epoch, end, end + postSeconds, block.timestamp);
        }
    }

    /// @dev The first row from `index` on that needs a closer look: its account is not above the one before, or its line
    /// is not in force, changes, or has a lower cap.
    /// One read a row and nothing else, because every row of every post comes through here.
    function _within(
        mapping(address customer => Entry) storage entries,
        uint64 epoch,
        bytes32[] calldata rows,
        uint256 index,
        address previous
    ) private view returns (uint256 first) {
        first = index;
        assembly ("memory-safe") {
            mstore(0x20, entries.slot)
            // A pending change is above the end of the line: both in order are an end in (epoch, 2^32), which no epoch
            // beyond that has; without the factor the difference would wrap.
            let ends := mul(lt(epoch, 0xffffffff), sub(0xffffffff, epoch))
            let place := add(rows.offset, shl(5, index))
            for {} lt(first, rows.length) { first := add(first, 1) } {
                let row := calldataload(place)
                let account := shr(96, row)
                mstore(0x00, account)
                let slot := sload(keccak256(0x00, 0x40))
                // Amounts are not zero, so that without a line any is above the cap.
                let above := gt(and(row, 0xffffffffffffffffffffffff), and(slot, 0xffffffffffffffffffffffff))
                let early := lt(epoch, and(shr(96, slot), 0xffffffff))
                let left := sub(sub(and(shr(128, slot), 0xffffffffffffffff), epoch), 1)
                if or(or(above, early), iszero(and(gt(account, previous), lt(left, ends)))) { break }
                previous := account
                place := add(place, 32)
            }
        }
    }

    function _capAt(Entry storage entry, uint64 epoch) private view returns (uint96 cap) {
        Current memory current = entry.current;
        if (current.nextFrom != 0 && epoch >= current.nextFrom) {
            return epoch < entry.next.untilEpoch ? entry.next.cap : 0;
        }
        return epoch < current.fromEpoch || epoch >= current.untilEpoch ? 0 : current.cap;
    }

    function _currentTerms(Entry storage entry) private view returns (Terms memory) {
        Current memory current = entry.current;
        address key = Keys.inForce(entry.keys, current.keyCount, current.fromEpoch);
        return Terms(current.cap, current.fromEpoch, current.untilEpoch, key);
    }

    function _nextTerms(Entry storage entry) private view returns (Terms memory) {
        Current memory current = entry.current;
        Next memory next = entry.next;
        address key = Keys.inForce(entry.keys, current.keyCount, current.nextFrom);
        return Terms(next.cap, current.nextFrom, next.untilEpoch, key);
    }

    /// @dev What the entry counts for in the sum of caps.
    function _counted(Entry storage entry) private view returns (uint96) {
        Current memory current = entry.current;
        if (current.nextFrom == 0) return current.cap;
        uint96 next = entry.next.cap;
        return next < current.cap ? current.cap : next;
    }

    /// @dev Whether no epoch before `epoch` can be posted any more.
    function _isPast(uint32 epoch) private view returns (bool) {
        return block.timestamp > uint256(epoch) * epochSeconds + postSeconds;
    }

    function _lane(address settlement, address hub, address vault) private pure returns (bytes32) {
        return keccak256(abi.encode(settlement, hub, vault));
    }
}
