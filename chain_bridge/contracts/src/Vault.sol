// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ICreditLines} from "./interfaces/ICreditLines.sol";
import {IVault} from "./interfaces/IVault.sol";
import {Balances} from "./libraries/Balances.sol";
import {Rows} from "./libraries/Rows.sol";

/// @title Vault of one ERC-20 token
/// @notice See IVault.
contract Vault is IVault, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;
    using Balances for mapping(address account => uint256);

    struct Withdrawal {
        uint192 amount;
        uint64 availableAt;
    }

    /// @dev How far a settlement has charged for a hub: its last epoch, and the last account of that.
    struct Charged {
        uint64 epoch;
        address account;
    }

    IERC20 private immutable TOKEN;
    ICreditLines private immutable LINES;
    uint256 public immutable withdrawalDelay;

    uint256 public totalHeld;
    mapping(address account => uint256) private _balances;
    mapping(address account => Withdrawal) private _withdrawals;
    mapping(address holder => uint256) private _custodies;
    mapping(address settlement => mapping(address hub => Charged)) private _charged;

    /// @param token_ A plain ERC-20: no rebasing; fees on transfer only make deposits smaller.
    /// @param lines_ The lines that allow debits.
    /// @param withdrawalDelay_ Seconds (D).
    constructor(address token_, address lines_, uint256 withdrawalDelay_) {
        if (token_ == address(0) || lines_ == address(0)) revert ZeroAddress();
        TOKEN = IERC20(token_);
        LINES = ICreditLines(lines_);
        withdrawalDelay = withdrawalDelay_;
    }

    /// @inheritdoc IVault
    function deposit(address to, uint256 amount) external nonReentrant returns (uint256 credited) {
        return _deposit(to, amount);
    }

    /// @inheritdoc IVault
    function depositWithPermit(address to, uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s)
        external
        nonReentrant
        returns (uint256 credited)
    {
        // Whoever sees the permit can send it first; then the allowance is there and only this call would fail.
        try IERC20Permit(address(TOKEN)).permit(msg.sender, address(this), amount, deadline, v, r, s) {} catch {}
        return _deposit(to, amount);
    }

    /// @inheritdoc IVault
    function depositCustody(uint256 amount) external nonReentrant returns (uint256 credited) {
        credited = _pull(amount);
        _custodies[msg.sender] += credited;
        emit CustodyDeposited(msg.sender, credited);
    }

    /// @inheritdoc IVault
    function requestWithdrawal(uint256 amount) external {
        if (amount == 0) revert ZeroAmount();
        Withdrawal memory open = _withdrawals[msg.sender];
        if (open.amount != 0) revert WithdrawalPending(open.amount, open.availableAt);
        uint256 balance = _balances[msg.sender];
        if (amount > balance) revert InsufficientBalance(msg.sender, amount, balance);
        uint256 availableAt = block.timestamp + withdrawalDelay;
        _withdrawals[msg.sender] = Withdrawal(SafeCast.toUint192(amount), SafeCast.toUint64(availableAt));
        emit WithdrawalRequested(msg.sender, amount, availableAt);
    }

    /// @inheritdoc IVault
    function cancelWithdrawal() external {
        uint256 amount = _withdrawals[msg.sender].amount;
        if (amount == 0) revert NoWithdrawalPending(msg.sender);
        delete _withdrawals[msg.sender];
        emit WithdrawalCancelled(msg.sender, amount);
    }

    /// @inheritdoc IVault
    function withdraw(address to, uint256 amount) external nonReentrant {
        if (amount == 0) revert ZeroAmount();
        _checkPayee(to);
        Withdrawal memory open = _withdrawals[msg.sender];
        if (open.amount == 0) revert NoWithdrawalPending(msg.sender);
        if (block.timestamp < open.availableAt) revert WithdrawalTooEarly(open.availableAt, block.timestamp);
        if (amount > open.amount) revert WithdrawalExceedsRequest(amount, open.amount);
        uint256 balance = _balances[msg.sender];
        if (amount > balance) revert InsufficientBalance(msg.sender, amount, balance);
        uint256 left = open.amount - amount;
        if (left == 0) delete _withdrawals[msg.sender];
        else _withdrawals[msg.sender].amount = SafeCast.toUint192(left);
        _balances[msg.sender] = balance - amount;
        totalHeld -= amount;
        emit Withdrawn(msg.sender, to, amount, left);
        TOKEN.safeTransfer(to, amount);
    }

    /// @inheritdoc IVault
    function debit(address hub, uint64 epoch, bytes32[] calldata rows) external returns (bytes32[] memory taken) {
        taken = LINES.limit(msg.sender, hub, address(this), epoch, _advance(hub, epoch, rows), rows);
        (uint256 total, uint256 done) = taken.length == 0 ? _balances.takeWhole(rows) : (0, 0);
        if (done != rows.length) {
            if (taken.length == 0) taken = rows;
            total += _balances.takeUpTo(taken, done);
        }
        _custodies[msg.sender] += total;
        if (taken.length == 0) emit Debited(msg.sender, hub, epoch, rows);
        else emit Debited(msg.sender, hub, epoch, taken);
    }

    /// @inheritdoc IVault
    function credit(bytes32[] calldata rows) external {
        uint256 total = _balances.give(rows);
        uint256 custody = _custodies[msg.sender];
        if (total > custody) revert InsufficientCustody(msg.sender, total, custody);
        _custodies[msg.sender] = custody - total;
        emit Credited(msg.sender, rows);
    }

    /// @inheritdoc IVault
    function token() external view returns (address) {
        return address(TOKEN);
    }

    /// @inheritdoc IVault
    function lines() external view returns (address) {
        return address(LINES);
    }

    /// @inheritdoc IVault
    function balanceOf(address account) external view returns (uint256) {
        return _balances[account];
    }

    /// @inheritdoc IVault
    function pendingWithdrawal(address account) external view returns (uint256 amount, uint256 availableAt) {
        Withdrawal memory open = _withdrawals[account];
        return (open.amount, open.availableAt);
    }

    /// @inheritdoc IVault
    function custodyOf(address holder) external view returns (uint256) {
        return _custodies[holder];
    }

    /// @dev Moves on to the last of rows that rise, as the lines check; returns the account that they must be above. So
    /// nobody is charged twice for an epoch, whatever the settlement is that a line names.
    function _advance(address hub, uint64 epoch, bytes32[] calldata rows) private returns (address previous) {
        Charged storage lane = _charged[msg.sender][hub];
        Charged memory last = lane;
        if (epoch < last.epoch) revert EpochAlreadyCharged(epoch, last.epoch);
        if (epoch == last.epoch) previous = last.account;
        if (rows.length != 0) {
            (lane.epoch, lane.account) = (epoch, Rows.accountOf(Rows.get(rows, rows.length - 1)));
        }
    }

    function _deposit(address to, uint256 amount) private returns (uint256 credited) {
        _checkPayee(to);
        credited = _pull(amount);
        _balances[to] += credited;
        emit Deposited(msg.sender, to, credited);
    }

    function _pull(uint256 amount) private returns (uint256 credited) {
        if (amount == 0) revert ZeroAmount();
        uint256 before = TOKEN.balanceOf(address(this));
        TOKEN.safeTransferFrom(msg.sender, address(this), amount);
        credited = TOKEN.balanceOf(address(this)) - before;
        if (credited == 0) revert ZeroAmount();
        uint256 held = totalHeld + credited;
        if (held > type(uint128).max) revert AmountTooLarge(held, type(uint128).max);
        totalHeld = held;
    }

    /// @dev What is sent to the vault itself could never be withdrawn.
    function _checkPayee(address payee) private view {
        if (payee == address(0) || payee == address(this)) revert InvalidPayee(payee);
    }
}
