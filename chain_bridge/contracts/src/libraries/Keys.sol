// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice A key and the epoch from which on it signs.
struct Key {
    address key;
    uint64 fromEpoch;
}

/// @title History of an account's keys: a signature counts by the key that was in force in its epoch
/// @dev The count lies beside other values of the owner's storage, so that a first key costs one slot.
library Keys {
    /// @notice The key in force in `epoch`; zero when there was none yet.
    function inForce(mapping(uint256 index => Key) storage keys, uint256 count, uint64 epoch)
        internal
        view
        returns (address)
    {
        while (count > 0) {
            Key storage last = keys[--count];
            if (last.fromEpoch <= epoch) return last.key;
        }
        return address(0);
    }
}
