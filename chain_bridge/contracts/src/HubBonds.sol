// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Covers} from "./Covers.sol";
import {IRemedies} from "./interfaces/IRemedies.sol";
import {ISettlement} from "./interfaces/ISettlement.sol";
import {IVault} from "./interfaces/IVault.sol";
import {Custody} from "./libraries/Custody.sol";

/// @title Bonds of hubs: deposited by anybody, free, covering, guaranteeing, leaving after a delay
abstract contract HubBonds is Covers, ReentrancyGuardTransient {
    uint256 public immutable unbondingSeconds;

    mapping(address vault => bool) public isVault;
    mapping(address hub => mapping(address vault => Bond)) private _bonds;

    constructor(uint256 settleSeconds_, uint256 unbondingSeconds_, address[] memory vaults) Covers(settleSeconds_) {
        unbondingSeconds = unbondingSeconds_;
        for (uint256 i = 0; i < vaults.length; ++i) {
            isVault[vaults[i]] = true;
        }
    }

    /// @inheritdoc ISettlement
    function depositBond(address vault, address hub, uint256 amount) external nonReentrant {
        if (!isVault[vault]) revert UnknownVault(vault);
        if (amount == 0 || hub == address(0)) revert ZeroBond();
        uint96 added = Custody.pull(IVault(vault), amount);
        _addFree(_bond(hub, vault), added);
        emit BondDeposited(hub, vault, msg.sender, added);
    }

    /// @inheritdoc ISettlement
    function requestUnbond(address vault, uint256 amount) external {
        if (amount == 0) revert ZeroBond();
        Bond storage bond = _bond(msg.sender, vault);
        if (bond.leaving != 0) revert UnbondPending(bond.leaving, bond.availableAt);
        Hub memory hub = _load(bond);
        _useFree(bond, hub, msg.sender, vault, amount);
        _store(bond, hub);
        uint256 availableAt = block.timestamp + unbondingSeconds;
        (bond.leaving, bond.availableAt) = (SafeCast.toUint96(amount), SafeCast.toUint40(availableAt));
        emit UnbondRequested(msg.sender, vault, amount, availableAt);
    }

    /// @inheritdoc ISettlement
    function cancelUnbond(address vault) external {
        (Bond storage bond, uint96 amount) = _endExit(vault);
        _addFree(bond, amount);
        emit UnbondCancelled(msg.sender, vault, amount);
    }

    /// @inheritdoc ISettlement
    function unbond(address vault) external nonReentrant {
        uint40 availableAt = _bond(msg.sender, vault).availableAt;
        (Bond storage bond, uint96 amount) = _endExit(vault);
        if (block.timestamp < availableAt) revert UnbondTooEarly(availableAt, block.timestamp);
        // Whoever collects a penalty frees past cover first.
        uint256 free = bond.hub.free + _releasable(bond);
        if (bond.penalties > free) revert IRemedies.PenaltiesOpen(bond.penalties, free);
        emit Unbonded(msg.sender, vault, amount);
        Custody.pay(IVault(vault), msg.sender, amount);
    }

    /// @inheritdoc ISettlement
    function releaseCover(address hub, address vault) external {
        Bond storage bond = _bond(hub, vault);
        Hub memory account = _load(bond);
        _release(bond, account);
        _store(bond, account);
    }

    /// @inheritdoc ISettlement
    function freeBond(address hub, address vault) external view returns (uint256) {
        Bond storage bond = _bond(hub, vault);
        uint256 free = bond.hub.free + _releasable(bond);
        return free > bond.penalties ? free - bond.penalties : 0;
    }

    /// @inheritdoc ISettlement
    function bondOf(address hub, address vault)
        external
        view
        returns (uint256 total, uint256 covering, uint256 leaving, uint256 availableAt)
    {
        Bond storage bond = _bond(hub, vault);
        (leaving, availableAt) = (bond.leaving, bond.availableAt);
        total = uint256(bond.hub.free) + bond.hub.covering + leaving + bond.guaranteed;
        covering = bond.hub.covering - _releasable(bond);
    }

    /// @inheritdoc ISettlement
    function coveredUntil(address hub, address vault, uint64 epoch) external view returns (uint256) {
        (bool found, Cover storage cover) = _coverOf(_bond(hub, vault), epoch);
        return found ? cover.releaseAt : 0;
    }

    function _bond(address hub, address vault) internal view returns (Bond storage) {
        return _bonds[hub][vault];
    }

    /// @dev Keeps free and covering bond together within a uint96, so that releasing cover can never fail.
    function _addFree(Bond storage bond, uint96 amount) internal {
        uint96 covering = bond.hub.covering;
        bond.hub.free = Custody.toUint96(uint256(bond.hub.free) + covering + amount) - covering;
    }

    function _endExit(address vault) private returns (Bond storage bond, uint96 amount) {
        bond = _bond(msg.sender, vault);
        amount = bond.leaving;
        if (amount == 0) revert NoUnbondPending(msg.sender, vault);
        (bond.leaving, bond.availableAt) = (0, 0);
    }
}
