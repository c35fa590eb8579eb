// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title A token that breaks custom
/// @dev Keeps a tenth of every transfer, and calls back whom it was told to.
contract OddToken is ERC20 {
    address public listener;
    bool public taxed;

    constructor(bool taxed_) ERC20("Odd", "ODD") {
        taxed = taxed_;
    }

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function callBack(address listener_) external {
        listener = listener_;
    }

    function _update(address from, address to, uint256 amount) internal override {
        super._update(from, to, amount);
        if (taxed && from != address(0) && to != address(0)) super._update(to, address(0xdead), amount / 10);
        if (listener != address(0)) Robber(listener).onTransfer();
    }
}

/// @dev Enters a contract again while the token is moving.
contract Robber {
    address public immutable victim;
    bytes public call;
    bytes public refusal;

    constructor(address victim_) {
        victim = victim_;
    }

    function plan(bytes calldata call_) external {
        call = call_;
    }

    function onTransfer() external {
        (bool ok, bytes memory answer) = victim.call(call);
        if (!ok) refusal = answer;
    }
}
