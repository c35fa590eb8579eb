// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IBonds} from "./interfaces/IBonds.sol";
import {ISettlement} from "./interfaces/ISettlement.sol";

/// @title What of a hub's bond stands behind its posts
/// @notice A post is covered by the hub's bond until nothing can be demanded for it any more.
/// @dev What covers posts is kept per epoch in places that are used again: a post looks at the one after its last, and
/// frees it when nothing can be demanded for its epoch any more. What is past elsewhere is freed when it is needed. Cover
/// with open cases stays: whoever wants the bond free ends the case.
abstract contract Covers is ISettlement {
    uint256 internal constant RING = 32;

    /// @dev `last` is the place that was written last, `places` how many there are; `fined` says that there are penalties.
    struct Hub {
        uint96 free;
        uint96 covering;
        uint32 lastEpoch;
        uint8 last;
        uint8 places;
        bool fined;
    }

    /// @dev Past cover that is free again has the epoch 0, so that its slot is never cleared.
    struct Cover {
        uint96 amount;
        uint40 releaseAt;
        uint32 epoch;
        uint32 cases;
    }

    /// @dev What pays one payee's claims; `leaving` of it can be taken back from `availableAt` on.
    struct Guarantee {
        uint96 amount;
        uint96 leaving;
        uint40 availableAt;
    }

    /// @dev One hub's bond in one vault. `penalties` can be more than there is: they wait for whatever becomes free.
    /// `guaranteed` is the sum of all guarantees and of what open claims have of them.
    struct Bond {
        Hub hub;
        uint96 leaving;
        uint40 availableAt;
        uint120 penalties;
        uint96 guaranteed;
        Cover[RING] covers;
        mapping(address payee => Guarantee) guarantees;
    }

    uint256 public immutable settleSeconds;

    constructor(uint256 settleSeconds_) {
        settleSeconds = settleSeconds_;
    }

    /// @dev Reads the slot once; the compiler would for each field.
    function _load(Bond storage bond) internal view returns (Hub memory account) {
        uint256 word;
        assembly ("memory-safe") {
            word := sload(bond.slot)
        }
        // forge-lint: disable-next-item(unsafe-typecast)
        (account.free, account.covering) = (uint96(word), uint96(word >> 96));
        // forge-lint: disable-next-item(unsafe-typecast)
        (account.lastEpoch, account.last, account.places) =
        (uint32(word >> 192), uint8(word >> 224), uint8(word >> 232));
        account.fined = word >> 240 != 0;
    }

    /// @dev Writes the slot once.
    function _store(Bond storage bond, Hub memory account) internal {
        uint256 word = uint256(account.free) | uint256(account.covering) << 96 | uint256(account.lastEpoch) << 192
            | uint256(account.last) << 224 | uint256(account.places) << 232;
        if (account.fined) word |= 1 << 240;
        assembly ("memory-safe") {
            sstore(bond.slot, word)
        }
    }

    /// @dev Takes `amount` out of the free bond, which the caller writes back; penalties come first.
    function _useFree(Bond storage bond, Hub memory account, address hub, address vault, uint256 amount) internal {
        if (amount > _usable(bond, account)) _release(bond, account);
        uint256 usable = _usable(bond, account);
        if (amount > usable) revert IBonds.InsufficientBond(hub, vault, amount, usable);
        // Below what is free.
        // forge-lint: disable-next-line(unsafe-typecast)
        account.free -= uint96(amount);
    }

    /// @dev Moves `amount` of the free bond behind the posts of an epoch, of which `part` is posted now; the caller writes
    /// `account` back.
    function _cover(Bond storage bond, Hub memory account, address vault, uint32 part, uint256 amount) internal {
        (uint256 place, uint256 kept) = part == 0 ? (_freshPlace(bond, account), 0) : _lastPlace(bond, account);
        uint256 releaseAt = block.timestamp + settleSeconds;
        _setWord(bond, place, (kept + amount) | releaseAt << 96 | uint256(account.lastEpoch) << 136);
        _useFree(bond, account, msg.sender, vault, amount);
        // The amount is a part of what was free.
        // forge-lint: disable-next-line(unsafe-typecast)
        account.covering += uint96(amount);
    }

    /// @dev Frees what covers epochs that nothing can be demanded for; the caller writes `account` back.
    function _release(Bond storage bond, Hub memory account) internal {
        for (uint256 i = 0; i < account.places; ++i) {
            uint256 word = _word(bond, i);
            if (!_isPast(word)) continue;
            _free(account, word);
            // What is left out is the amount, the epoch and no cases.
            // forge-lint: disable-next-line(unsafe-typecast)
            _setWord(bond, i, uint256(uint40(word >> 96)) << 96);
        }
    }

    /// @dev What covers an epoch; not found when nothing was posted, or nothing can be demanded for it any more, so that it
    /// makes no difference when past cover is freed.
    function _coverOf(Bond storage bond, uint64 epoch) internal view returns (bool found, Cover storage cover) {
        uint256 places = bond.hub.places;
        cover = bond.covers[0];
        for (uint256 i = 0; i < places && !found; ++i) {
            cover = bond.covers[i];
            found = cover.epoch == epoch && !_isPast(_word(bond, i));
        }
    }

    /// @dev The place for the cover of a new epoch: the one after the last when it is past, or one more.
    function _freshPlace(Bond storage bond, Hub memory account) private view returns (uint256 place) {
        if (account.places != 0) {
            place = (uint256(account.last) + 1) % account.places;
            uint256 word = _word(bond, place);
            if (_isPast(word)) _free(account, word);
            else place = account.places == RING ? _anyPast(bond, account) : account.places;
        }
        // forge-lint: disable-next-item(unsafe-typecast)
        if (place == account.places) account.places = uint8(place + 1);
        // forge-lint: disable-next-item(unsafe-typecast)
        account.last = uint8(place);
    }

    /// @dev The place of the epoch that goes on: what its parts before have there, and its open cases. It is not past: the
    /// times see to it that T of a part is after the last second in which another can be posted.
    function _lastPlace(Bond storage bond, Hub memory account) private view returns (uint256 place, uint256 kept) {
        place = account.last;
        uint256 word = _word(bond, place);
        kept = word >> 168 << 168 | _amountOf(word);
    }

    /// @dev The constructor has checked that the times leave room for every epoch that can be open.
    function _anyPast(Bond storage bond, Hub memory account) private view returns (uint256 place) {
        for (; place < RING; ++place) {
            uint256 word = _word(bond, place);
            if (!_isPast(word)) continue;
            _free(account, word);
            return place;
        }
        revert RingFull(RING);
    }

    /// @dev Whether nothing can be demanded any more for what a cover stands behind.
    function _isPast(uint256 word) private view returns (bool) {
        // forge-lint: disable-next-line(unsafe-typecast)
        return block.timestamp > uint40(word >> 96) && word >> 168 == 0;
    }

    /// @dev What is free again, and not reserved for penalties.
    function _usable(Bond storage bond, Hub memory account) private view returns (uint256) {
        if (!account.fined) return account.free;
        return account.free > bond.penalties ? account.free - bond.penalties : 0;
    }

    /// @dev A place in one read.
    function _word(Bond storage bond, uint256 place) private view returns (uint256 word) {
        Cover[RING] storage covers = bond.covers;
        assembly ("memory-safe") {
            word := sload(add(covers.slot, place))
        }
    }

    function _setWord(Bond storage bond, uint256 place, uint256 word) private {
        Cover[RING] storage covers = bond.covers;
        assembly ("memory-safe") {
            sstore(add(covers.slot, place), word)
        }
    }

    function _amountOf(uint256 word) private pure returns (uint96) {
        // forge-lint: disable-next-line(unsafe-typecast)
        return uint96(word);
    }

    function _free(Hub memory account, uint256 word) private pure {
        uint96 amount = _amountOf(word);
        (account.free, account.covering) = (account.free + amount, account.covering - amount);
    }

    function _releasable(Bond storage bond) internal view returns (uint256 amount) {
        uint256 places = bond.hub.places;
        for (uint256 i = 0; i < places; ++i) {
            uint256 word = _word(bond, i);
            if (_isPast(word)) amount += _amountOf(word);
        }
    }
}
