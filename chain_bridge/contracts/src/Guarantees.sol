// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {BondCases} from "./BondCases.sol";
import {IGuarantees} from "./interfaces/IGuarantees.sol";
import {IVault} from "./interfaces/IVault.sol";
import {Custody} from "./libraries/Custody.sol";

/// @title What of a hub's bond stands for one payee alone
/// @notice See IGuarantees.
abstract contract Guarantees is BondCases {
    /// @inheritdoc IGuarantees
    function guarantee(address vault, address payee, uint256 total) external {
        if (payee == address(0)) revert ZeroBond();
        Bond storage bond = _bond(msg.sender, vault);
        uint256 before = bond.guarantees[payee].amount;
        // Sent twice, by mistake or because the first was thought to be lost, it sets nothing aside twice.
        if (total <= before) revert AlreadyGuaranteed(msg.sender, vault, payee, before);
        uint256 amount = total - before;
        Hub memory account = _load(bond);
        _useFree(bond, account, msg.sender, vault, amount);
        _store(bond, account);
        bond.guaranteed = Custody.toUint96(bond.guaranteed + amount);
        // Not above the sum of all.
        // forge-lint: disable-next-line(unsafe-typecast)
        bond.guarantees[payee].amount = uint96(total);
        emit Guaranteed(msg.sender, vault, payee, amount);
    }

    /// @inheritdoc IGuarantees
    function requestRevoke(address vault, address payee, uint256 amount) external {
        Guarantee storage given = _bond(msg.sender, vault).guarantees[payee];
        if (amount > given.amount) revert InsufficientBond(msg.sender, vault, amount, given.amount);
        uint256 availableAt = block.timestamp + unbondingSeconds;
        (given.leaving, given.availableAt) = (SafeCast.toUint96(amount), SafeCast.toUint40(availableAt));
        emit RevokeRequested(msg.sender, vault, payee, amount, availableAt);
    }

    /// @inheritdoc IGuarantees
    function revoke(address vault, address payee) external {
        Bond storage bond = _bond(msg.sender, vault);
        Guarantee storage given = bond.guarantees[payee];
        if (given.leaving == 0) revert NoRevokePending(msg.sender, vault, payee);
        if (block.timestamp < given.availableAt) revert UnbondTooEarly(given.availableAt, block.timestamp);
        uint96 amount = given.leaving < given.amount ? given.leaving : given.amount;
        (given.amount, given.leaving, given.availableAt) = (given.amount - amount, 0, 0);
        bond.guaranteed -= amount;
        _addFree(bond, amount);
        emit Revoked(msg.sender, vault, payee, amount);
    }

    /// @inheritdoc IGuarantees
    function useGuarantee(address hub, address vault, address payee, uint96 wanted)
        external
        onlyChallenge
        returns (uint96 used)
    {
        Guarantee storage given = _bond(hub, vault).guarantees[payee];
        used = given.amount < wanted ? given.amount : wanted;
        given.amount -= used;
        emit GuaranteeUsed(hub, vault, payee, used);
    }

    /// @inheritdoc IGuarantees
    function restoreGuarantee(address hub, address vault, address payee, uint96 amount) external onlyChallenge {
        _bond(hub, vault).guarantees[payee].amount += amount;
        emit GuaranteeRestored(hub, vault, payee, amount);
    }

    /// @inheritdoc IGuarantees
    function payGuarantee(address hub, address vault, address payee, uint96 amount) external onlyChallenge {
        _bond(hub, vault).guaranteed -= amount;
        emit GuaranteePaid(hub, vault, payee, amount);
        Custody.pay(IVault(vault), payee, amount);
    }

    /// @inheritdoc IGuarantees
    function guaranteeOf(address hub, address vault, address payee)
        external
        view
        returns (uint256 amount, uint256 leaving, uint256 availableAt)
    {
        Guarantee storage given = _bond(hub, vault).guarantees[payee];
        return (given.amount, given.leaving, given.availableAt);
    }
}
