// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IProviders} from "./interfaces/IProviders.sol";
import {IVault} from "./interfaces/IVault.sol";
import {Custody} from "./libraries/Custody.sol";
import {Epochs} from "./libraries/Epochs.sol";
import {Key, Keys} from "./libraries/Keys.sol";
import {Rows} from "./libraries/Rows.sol";
import {Schedule} from "./libraries/Schedule.sol";

/// @title Providers
/// @notice See IProviders.
/// @dev Only the disputes that the constructor fixed reserve and slash. A bond that is leaving stays in `bonded` until it is credited, so whoever slashes later reaches all of it.
contract Providers is IProviders, ReentrancyGuardTransient {
    struct Bond {
        uint96 bonded;
        uint96 leaving;
        uint40 availableAt;
    }

    struct KeyHistory {
        uint32 count;
        mapping(uint256 index => Key) keys;
    }

    uint256 public immutable epochSeconds;
    uint256 public immutable noticeSeconds;
    uint256 public immutable unbondingSeconds;

    /// @dev Nobody has the key of this account: what is credited here is burnt.
    address private constant NOBODY = address(0xdead);
    uint96 private constant REPORTER_PART = 10;

    mapping(address vault => bool) public isVault;
    address public immutable disputes;
    mapping(address provider => mapping(address vault => uint96)) private _reserved;
    mapping(address provider => mapping(address vault => Bond)) private _bonds;
    mapping(address provider => KeyHistory) private _keys;

    /// @param epochSeconds_ E. @param noticeSeconds_ N. @param unbondingSeconds_ U. @param vaults The vaults for bonds.
    /// @param disputes_ The contract that may reserve and slash bonds, and no other ever.
    constructor(
        uint256 epochSeconds_,
        uint256 noticeSeconds_,
        uint256 unbondingSeconds_,
        address[] memory vaults,
        address disputes_
    ) {
        Schedule.atLeast("epoch", epochSeconds_, 1);
        Schedule.atLeast("notice", noticeSeconds_, 1);
        Schedule.atLeast("unbonding", unbondingSeconds_, 1);
        epochSeconds = epochSeconds_;
        noticeSeconds = noticeSeconds_;
        unbondingSeconds = unbondingSeconds_;
        for (uint256 i = 0; i < vaults.length; ++i) {
            isVault[vaults[i]] = true;
        }
        // Not there yet: it checks when it is made that it is the one.
        // slither-disable-next-line missing-zero-check
        disputes = disputes_;
    }

    /// @inheritdoc IProviders
    function register(address vault, uint256 amount, address receiptKey) external nonReentrant {
        if (isRegistered(msg.sender)) revert AlreadyRegistered(msg.sender);
        emit ProviderRegistered(msg.sender, receiptKey);
        _setKey(receiptKey, Epochs.current(epochSeconds));
        if (amount != 0) _add(vault, msg.sender, amount);
    }

    /// @inheritdoc IProviders
    function topUp(address vault, address provider, uint256 amount) external nonReentrant {
        if (!isRegistered(provider)) revert NotRegistered(provider);
        _add(vault, provider, amount);
    }

    /// @inheritdoc IProviders
    function requestUnbond(address vault, uint256 amount) external {
        if (amount == 0) revert ZeroBond();
        Bond memory bond = _bonds[msg.sender][vault];
        if (bond.leaving != 0) revert UnbondPending(bond.leaving, bond.availableAt);
        if (amount > bond.bonded) revert InsufficientBond(msg.sender, vault, amount, bond.bonded);
        bond.leaving = Custody.toUint96(amount);
        bond.availableAt = SafeCast.toUint40(block.timestamp + unbondingSeconds);
        _bonds[msg.sender][vault] = bond;
        emit UnbondRequested(msg.sender, vault, amount, bond.availableAt);
    }

    /// @inheritdoc IProviders
    function cancelUnbond(address vault) external {
        Bond storage bond = _bonds[msg.sender][vault];
        uint96 amount = bond.leaving;
        if (amount == 0) revert NoUnbondPending(msg.sender, vault);
        (bond.leaving, bond.availableAt) = (0, 0);
        emit UnbondCancelled(msg.sender, vault, amount);
    }

    /// @inheritdoc IProviders
    function unbond(address vault) external nonReentrant {
        Bond memory bond = _bonds[msg.sender][vault];
        if (bond.leaving == 0) revert NoUnbondPending(msg.sender, vault);
        if (block.timestamp < bond.availableAt) revert UnbondTooEarly(bond.availableAt, block.timestamp);
        uint96 staying = bond.bonded - bond.leaving;
        uint256 reserved = _reserved[msg.sender][vault];
        if (staying < reserved) revert BondInUse(msg.sender, vault, reserved, staying);
        _bonds[msg.sender][vault] = Bond(staying, 0, 0);
        emit Unbonded(msg.sender, vault, bond.leaving);
        Custody.pay(IVault(vault), msg.sender, bond.leaving);
    }

    /// @inheritdoc IProviders
    function setReceiptKey(address receiptKey) external {
        KeyHistory storage history = _keys[msg.sender];
        if (history.count == 0) revert NotRegistered(msg.sender);
        Key memory last = history.keys[history.count - 1];
        if (last.fromEpoch > block.timestamp / epochSeconds) {
            revert ReceiptKeyChangePending(last.key, last.fromEpoch);
        }
        _setKey(receiptKey, Epochs.afterNotice(epochSeconds, noticeSeconds));
    }

    /// @inheritdoc IProviders
    function reserve(address provider, address vault, uint256 wanted) external returns (uint96 reserved) {
        _checkSender();
        uint96 before = _reserved[provider][vault];
        uint96 left = _bonds[provider][vault].bonded - before;
        // Not above what is left.
        // forge-lint: disable-next-line(unsafe-typecast)
        reserved = left < wanted ? left : uint96(wanted);
        _setReserved(provider, vault, before + reserved);
    }

    /// @inheritdoc IProviders
    function unreserve(address provider, address vault, uint96 amount) external {
        _checkSender();
        _setReserved(provider, vault, _reserved[provider][vault] - amount);
    }

    /// @inheritdoc IProviders
    function slash(address provider, address vault, uint96 amount, uint96 refund, address customer) external {
        _checkSender();
        _setReserved(provider, vault, _reserved[provider][vault] - amount);
        Bond memory bond = _bonds[provider][vault];
        bond.bonded -= amount;
        if (bond.leaving > bond.bonded) bond.leaving = bond.bonded;
        _bonds[provider][vault] = bond;
        emit Slashed(provider, vault, customer, amount, refund);
        uint96 reward = (amount - refund) / REPORTER_PART;
        bytes32[] memory rows = new bytes32[](2);
        (rows[0], rows[1]) = (Rows.pack(customer, refund + reward), Rows.pack(NOBODY, amount - refund - reward));
        Custody.credit(IVault(vault), rows);
    }

    /// @inheritdoc IProviders
    function bondOf(address provider, address vault)
        external
        view
        returns (uint256 bonded, uint256 leaving, uint256 availableAt)
    {
        Bond memory bond = _bonds[provider][vault];
        return (bond.bonded, bond.leaving, bond.availableAt);
    }

    /// @inheritdoc IProviders
    function receiptKeyOf(address provider, uint64 epoch) external view returns (address) {
        KeyHistory storage history = _keys[provider];
        return Keys.inForce(history.keys, history.count, epoch);
    }

    /// @inheritdoc IProviders
    function reservedOf(address provider, address vault) external view returns (uint256) {
        return _reserved[provider][vault];
    }

    /// @inheritdoc IProviders
    function isRegistered(address provider) public view returns (bool) {
        return _keys[provider].count != 0;
    }

    function _setReserved(address provider, address vault, uint96 reserved) private {
        _reserved[provider][vault] = reserved;
        emit BondReserved(provider, vault, reserved);
    }

    function _checkSender() private view {
        if (msg.sender != disputes) revert NotAChallenge(msg.sender);
    }

    function _setKey(address receiptKey, uint64 fromEpoch) private {
        if (receiptKey == address(0)) revert ZeroReceiptKey();
        KeyHistory storage history = _keys[msg.sender];
        history.keys[history.count] = Key(receiptKey, fromEpoch);
        ++history.count;
        emit ReceiptKeySet(msg.sender, receiptKey, fromEpoch);
    }

    function _add(address vault, address provider, uint256 amount) private {
        if (!isVault[vault]) revert UnknownVault(vault);
        if (amount == 0) revert ZeroBond();
        uint96 added = Custody.pull(IVault(vault), amount);
        Bond storage bond = _bonds[provider][vault];
        bond.bonded = Custody.toUint96(uint256(bond.bonded) + added);
        emit BondDeposited(provider, vault, msg.sender, added);
    }
}
