// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";

/// @title Token of development chains
/// @notice Anybody can mint any amount: it is worth nothing, and no deployment with real money uses it.
contract HansaToken is ERC20, ERC20Permit {
    constructor() ERC20("Hansa development token", "HANSA") ERC20Permit("Hansa development token") {}

    /// @notice Mints `amount` for `to`.
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }
}
