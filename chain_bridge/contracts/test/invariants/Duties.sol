// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ClaimActions} from "./ClaimActions.sol";

/// @title Somebody who does whatever it has to in the last second that it has
abstract contract Duties is ClaimActions {
    /// @dev What is called at `due` at the latest.
    struct Duty {
        uint256 due;
        bytes call;
    }

    Duty[] private _duties;

    /// @dev Time passes, and what is due is done; time stands still meanwhile.
    function pass(uint256 secs) public {
        uint256 until = block.timestamp + 1 + secs % 12;
        while (_doNext(until)) {}
        vm.warp(until);
    }

    function owe(uint256 due, bytes memory call) internal {
        _duties.push(Duty(due, call));
    }

    function _doNext(uint256 until) private returns (bool) {
        uint256 next = _duties.length;
        for (uint256 i = 0; i < _duties.length; ++i) {
            if (_duties[i].due <= (next == _duties.length ? until : _duties[next].due)) next = i;
        }
        if (next == _duties.length) return false;
        Duty memory duty = _duties[next];
        _duties[next] = _duties[_duties.length - 1];
        _duties.pop();
        vm.warp(duty.due);
        (bool done,) = address(this).call(duty.call);
        if (!done) violated("what was done in time was refused");
        return true;
    }
}
