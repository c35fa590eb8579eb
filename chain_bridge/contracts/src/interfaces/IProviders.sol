// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IBonds} from "./IBonds.sol";

/// @title Providers: receipt keys, and bonds per vault
/// @notice A provider's address is its identity and the account that is credited in the vaults.
interface IProviders is IBonds {
    event ProviderRegistered(address indexed provider, address receiptKey);

    /// @notice `receiptKey` signs the receipts of epochs from `fromEpoch` on.
    event ReceiptKeySet(address indexed provider, address receiptKey, uint64 fromEpoch);

    /// @notice `reserved` of a bond waits for the end of disputes, and does not leave before.
    event BondReserved(address indexed provider, address indexed vault, uint256 reserved);

    /// @notice A verdict took `amount` of a bond: `refund` of it to the customer, a tenth of the rest to the reporter,
    /// the remainder to nobody.
    event Slashed(
        address indexed provider, address indexed vault, address indexed customer, uint256 amount, uint256 refund
    );

    error NotAChallenge(address sender);
    error BondInUse(address provider, address vault, uint256 reserved, uint256 staying);
    error AlreadyRegistered(address provider);
    error NotRegistered(address provider);
    error ZeroReceiptKey();
    error ReceiptKeyChangePending(address next, uint64 fromEpoch);

    /// @notice Registers the sender and bonds `amount` of the vault's token (0 is allowed).
    function register(address vault, uint256 amount, address receiptKey) external;

    /// @notice Adds the sender's tokens to the bond of `provider`.
    function topUp(address vault, address provider, uint256 amount) external;

    /// @notice Asks for a part of the sender's bond; it stays slashable until it is taken out.
    function requestUnbond(address vault, uint256 amount) external;

    /// @notice Takes the request back.
    function cancelUnbond(address vault) external;

    /// @notice Credits the requested part to the sender's balance in the vault, after the delay.
    function unbond(address vault) external;

    /// @notice Changes the sender's receipt key, in force after the notice.
    function setReceiptKey(address receiptKey) external;

    /// @notice Reserves up to `wanted` of a bond that no other dispute has, leaving or not; returns how much.
    function reserve(address provider, address vault, uint256 wanted) external returns (uint96 reserved);

    /// @notice Gives a reservation back.
    function unreserve(address provider, address vault, uint96 amount) external;

    /// @notice Takes `amount` of a reservation: `refund` of it to the customer, the rest as a penalty.
    function slash(address provider, address vault, uint96 amount, uint96 refund, address customer) external;

    /// @notice What of a bond disputes have reserved: so much stays.
    function reservedOf(address provider, address vault) external view returns (uint256);

    /// @notice The contract that reserves and slashes.
    function disputes() external view returns (address);

    /// @notice Seconds between the request and the release of a bond (U).
    function unbondingSeconds() external view returns (uint256);

    /// @notice Seconds of notice of a key change (N).
    function noticeSeconds() external view returns (uint256);

    /// @notice Seconds of an epoch (E).
    function epochSeconds() external view returns (uint256);

    /// @notice Whether `provider` has registered.
    function isRegistered(address provider) external view returns (bool);

    /// @notice Whether bonds in `vault` are accepted.
    function isVault(address vault) external view returns (bool);

    /// @notice Bond of `provider` in `vault`: all of it, what is leaving of it, and since when that can be taken out.
    function bondOf(address provider, address vault)
        external
        view
        returns (uint256 bonded, uint256 leaving, uint256 availableAt);

    /// @notice The key that signs the receipts of `epoch`; zero when not registered by then.
    function receiptKeyOf(address provider, uint64 epoch) external view returns (address);
}
