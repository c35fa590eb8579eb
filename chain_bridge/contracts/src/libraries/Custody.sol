// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IBonds} from "../interfaces/IBonds.sol";
import {IVault} from "../interfaces/IVault.sol";
import {Rows} from "./Rows.sol";

/// @title The calling contract's custody in a vault
library Custody {
    using SafeERC20 for IERC20;

    /// @notice Moves the sender's tokens into the calling contract's custody; returns what really came in.
    /// @dev Bonds come from outside the vault: a balance that hubs have lent on leaves it by a withdrawal alone.
    function pull(IVault vault, uint256 amount) internal returns (uint96) {
        IERC20 token = IERC20(vault.token());
        uint256 before = token.balanceOf(address(this));
        token.safeTransferFrom(msg.sender, address(this), amount);
        // Less arrives of a token that takes a fee.
        uint256 arrived = token.balanceOf(address(this)) - before;
        token.forceApprove(address(vault), arrived);
        return toUint96(vault.depositCustody(arrived));
    }

    /// @notice Credits `amount` of the calling contract's custody to `account`.
    function pay(IVault vault, address account, uint96 amount) internal {
        bytes32[] memory rows = new bytes32[](1);
        rows[0] = Rows.pack(account, amount);
        credit(vault, rows);
    }

    /// @notice Credits the amounts of rows out of the calling contract's custody.
    /// @dev The call is built by hand because it is made for every settled batch: rows are copied at once.
    function credit(IVault vault, bytes32[] memory rows) internal {
        bytes4 selector = IVault.credit.selector;
        assembly ("memory-safe") {
            let data := mload(0x40)
            let size := add(32, shl(5, mload(rows)))
            mstore(data, selector)
            mstore(add(data, 4), 0x20)
            mcopy(add(data, 36), rows, size)
            if iszero(call(gas(), vault, 0, data, add(36, size), 0, 0)) {
                returndatacopy(data, 0, returndatasize())
                revert(data, returndatasize())
            }
        }
    }

    /// @notice `amount` as uint96, or reverts.
    function toUint96(uint256 amount) internal pure returns (uint96) {
        if (amount > type(uint96).max) revert IBonds.BondTooLarge(amount);
        // forge-lint: disable-next-line(unsafe-typecast)
        return uint96(amount);
    }
}
