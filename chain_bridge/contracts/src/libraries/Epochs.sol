// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @title Epochs of the global grid: epoch e is [e*E, (e+1)*E) of unix time
library Epochs {
    /// @notice The epoch of this block.
    function current(uint256 epochSeconds) internal view returns (uint32) {
        return SafeCast.toUint32(block.timestamp / epochSeconds);
    }

    /// @notice The first epoch that starts at least `notice` seconds from now.
    function afterNotice(uint256 epochSeconds, uint256 notice) internal view returns (uint32) {
        return SafeCast.toUint32((block.timestamp + notice + epochSeconds - 1) / epochSeconds);
    }
}
