// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Guarantees: what of a hub's bond stands for what it owes one payee
/// @notice A payee works for what it is guaranteed and is not paid yet, and claims what the hub does not credit. Nothing
/// else reaches it: no post, no customer, no penalty, no other payee. A hub has it back after the delay U, until which
/// all that was earned in epochs up to that of the request can be claimed.
interface IGuarantees {
    /// @notice `amount` more of a hub's bond stands for a payee.
    event Guaranteed(address indexed hub, address indexed vault, address indexed payee, uint256 amount);

    /// @notice The hub asked for `amount` of a guarantee, instead of what it asked for before, and can have it from
    /// `availableAt` (unix seconds) on.
    event RevokeRequested(
        address indexed hub, address indexed vault, address indexed payee, uint256 amount, uint256 availableAt
    );

    /// @notice `amount` of a guarantee is free bond again.
    event Revoked(address indexed hub, address indexed vault, address indexed payee, uint256 amount);

    /// @notice A claim of the payee has `amount` of its guarantee.
    event GuaranteeUsed(address indexed hub, address indexed vault, address indexed payee, uint256 amount);

    /// @notice The hub showed that it had paid `amount` of what a claim has of the guarantee.
    event GuaranteeRestored(address indexed hub, address indexed vault, address indexed payee, uint256 amount);

    /// @notice A claim paid `amount` of the guarantee to its payee.
    event GuaranteePaid(address indexed hub, address indexed vault, address indexed payee, uint256 amount);

    error AlreadyGuaranteed(address hub, address vault, address payee, uint256 amount);
    error NoRevokePending(address hub, address vault, address payee);

    /// @notice Raises what `payee` is guaranteed, beside what claims have of it, to `total`, out of the sender's free bond.
    function guarantee(address vault, address payee, uint256 total) external;

    /// @notice Asks for `amount` of a guarantee, instead of what was asked for before (0 takes it back), and waits anew for
    /// all of it; it stays claimable until it is taken out. What claims have can be asked for when they have ended.
    function requestRevoke(address vault, address payee, uint256 amount) external;

    /// @notice Makes what was asked for free bond again, after the delay; what claims have of it stays.
    function revoke(address vault, address payee) external;

    /// @notice Takes up to `wanted` of a guarantee for a claim; returns how much.
    function useGuarantee(address hub, address vault, address payee, uint96 wanted) external returns (uint96 used);

    /// @notice Gives back what a claim does not need.
    function restoreGuarantee(address hub, address vault, address payee, uint96 amount) external;

    /// @notice Credits a payee what its claim has of the guarantee.
    function payGuarantee(address hub, address vault, address payee, uint96 amount) external;

    /// @notice What a hub guarantees a payee and no claim has, what it asked for of it, and since when it can have that.
    function guaranteeOf(address hub, address vault, address payee)
        external
        view
        returns (uint256 amount, uint256 leaving, uint256 availableAt);
}
