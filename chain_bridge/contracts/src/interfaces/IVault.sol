// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Vault of one ERC-20 token
/// @notice Holds the balances of everybody and the custody of contracts such as a Settlement.
/// @dev A contract is allowed to debit an account only where that account's credit line names it, and to credit only
/// out of its own custody. So there is no owner, no list of trusted contracts and no proxy.
interface IVault {
    /// @notice Tokens came in and were credited by the balance that was measured.
    event Deposited(address indexed from, address indexed to, uint256 amount);

    /// @notice Tokens came in and were given into the custody of `holder`.
    event CustodyDeposited(address indexed holder, uint256 amount);

    /// @notice `account` asked for a withdrawal that can be paid from `availableAt` (unix seconds) on.
    event WithdrawalRequested(address indexed account, uint256 amount, uint256 availableAt);

    /// @notice `account` took back its request for the `amount` that was left of it.
    event WithdrawalCancelled(address indexed account, uint256 amount);

    /// @notice `account` was paid `amount` in tokens, sent to `to`; `left` of its request stays open.
    event Withdrawn(address indexed account, address indexed to, uint256 amount, uint256 left);

    /// @notice `settlement` moved the amounts of `taken` (rows: address, amount) from accounts into its custody.
    event Debited(address indexed settlement, address indexed hub, uint64 indexed epoch, bytes32[] taken);

    /// @notice `holder` moved the amounts of `rows` (address, amount) from its custody to accounts.
    event Credited(address indexed holder, bytes32[] rows);

    error ZeroAddress();
    error ZeroAmount();
    error AmountTooLarge(uint256 amount, uint256 largest);
    error InsufficientBalance(address account, uint256 wanted, uint256 balance);
    error InsufficientCustody(address holder, uint256 wanted, uint256 custody);
    error WithdrawalPending(uint256 amount, uint256 availableAt);
    error NoWithdrawalPending(address account);
    error WithdrawalTooEarly(uint256 availableAt, uint256 nowSeconds);
    error WithdrawalExceedsRequest(uint256 wanted, uint256 requested);
    error InvalidPayee(address payee);
    error EpochAlreadyCharged(uint64 epoch, uint64 last);

    /// @notice The token that the vault holds.
    function token() external view returns (address);

    /// @notice The CreditLines contract whose lines allow debits.
    function lines() external view returns (address);

    /// @notice Seconds between the request and the payment of a withdrawal (D).
    function withdrawalDelay() external view returns (uint256);

    /// @notice Sum of all balances and custodies: what the vault owes.
    function totalHeld() external view returns (uint256);

    /// @notice Balance of `account`, requested withdrawals included.
    function balanceOf(address account) external view returns (uint256);

    /// @notice The part of `account`'s balance whose withdrawal is requested, and since when it can be paid.
    function pendingWithdrawal(address account) external view returns (uint256 amount, uint256 availableAt);

    /// @notice What the contract `holder` holds for others: escrow and bonds.
    function custodyOf(address holder) external view returns (uint256);

    /// @notice Deposits the sender's tokens for `to`; returns what really came in.
    function deposit(address to, uint256 amount) external returns (uint256 credited);

    /// @notice The same after an ERC-2612 permit; a permit that was already used does no harm.
    function depositWithPermit(address to, uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s)
        external
        returns (uint256 credited);

    /// @notice Deposits the sender's tokens into the sender's own custody; returns what really came in.
    function depositCustody(uint256 amount) external returns (uint256 credited);

    /// @notice Asks for a withdrawal; the amount stays debitable until it is paid.
    function requestWithdrawal(uint256 amount) external;

    /// @notice Takes back the request.
    function cancelWithdrawal() external;

    /// @notice Pays `amount` of a request that has waited long enough to `to`; the rest of the request stays.
    function withdraw(address to, uint256 amount) external;

    /// @notice Takes min(row, cap, balance) of each row (address, amount) into the sender's custody.
    /// @dev Reverts when a row's account has no line in force in `epoch` that names the sender and `hub`, when `epoch`
    /// cannot be charged now, or was charged for the account before: an account's cap holds for every sender.
    /// @return taken The same rows with the amounts that were really taken; empty when each was taken whole.
    function debit(address hub, uint64 epoch, bytes32[] calldata rows) external returns (bytes32[] memory taken);

    /// @notice Moves the amounts of rows (address, amount) from the sender's custody to accounts.
    function credit(bytes32[] calldata rows) external;
}
