// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Credit lines: what a customer lets a hub charge, per epoch
/// @notice A line belongs to (customer, settlement, hub, vault). Opening it is signed by the customer (EIP-712; EOA or
/// ERC-1271) and relayed by anybody, or sent by the customer.
interface ICreditLines {
    /// @notice What a customer signs.
    /// @param capPerEpoch Most that a batch of one epoch takes, in the vault's token; 0 closes the line.
    /// @param expiresAt Unix seconds; the last epoch that is wholly before it is the last one that can be charged.
    /// @param orderSigner Key that signs orders of jobs; zero when the cap is the whole protection.
    /// @param nonce The customer's next nonce for this vault.
    /// @param validUntil Unix seconds up to which the signature can be relayed.
    struct Line {
        address customer;
        address settlement;
        address hub;
        address vault;
        string tenant;
        uint96 capPerEpoch;
        uint64 expiresAt;
        address orderSigner;
        uint256 nonce;
        uint64 validUntil;
    }

    /// @notice The terms of a line: in force in the epochs [fromEpoch, untilEpoch).
    struct Terms {
        uint96 cap;
        uint32 fromEpoch;
        uint32 untilEpoch;
        address orderSigner;
    }

    /// @notice Why a signed line of a batch was left out.
    enum Refusal {
        None,
        SignatureTooOld,
        WrongNonce,
        WrongSignature,
        ChangePending,
        Expired,
        ZeroParty,
        NothingToClose
    }

    /// @notice New terms of a line; in force from `terms.fromEpoch` on. `tenant` is the namespace that may use it.
    event LineSet(
        address indexed customer,
        address indexed hub,
        address indexed vault,
        address settlement,
        string tenant,
        Terms terms,
        uint256 nonce
    );

    /// @notice A line of a batch was left out; the others are not touched by it.
    event LineRefused(uint256 indexed index, address indexed customer, Refusal reason);

    /// @notice A line that can no longer be charged was removed, or its change took the place of the old terms.
    event LinePruned(
        address indexed customer, address indexed hub, address indexed vault, address settlement, uint96 cap
    );

    /// @notice The sum of caps that count against one balance changed.
    event CapsChanged(address indexed customer, address indexed vault, uint256 caps);

    /// @notice The customer's signatures with a nonce below `nonce` are void.
    event NonceChanged(address indexed customer, address indexed vault, uint256 nonce);

    error NoLineInForce(address customer, address settlement, address hub, uint64 epoch);
    error LineNotSet(Refusal reason);
    error NotTheCustomer(address customer, address sender);
    error LengthMismatch(uint256 lines, uint256 signatures);
    error NothingToPrune(address customer, address settlement, address hub, address vault);
    error DebitsNotRising(address previous, address account);
    error EpochNotChargeable(uint64 epoch, uint256 from, uint256 until, uint256 nowSeconds);

    /// @notice Seconds of an epoch; epoch e is [e*E, (e+1)*E) of unix time.
    function epochSeconds() external view returns (uint256);

    /// @notice Seconds after an epoch's end within which it can be posted (P).
    function postSeconds() external view returns (uint256);

    /// @notice Seconds of notice for changes (N).
    function noticeSeconds() external view returns (uint256);

    /// @notice How many caps of other lines are set aside for each of them: K = 2 + 2 * floor(P / E).
    function reserveFactor() external view returns (uint256);

    /// @notice EIP-712 domain separator.
    function domainSeparator() external view returns (bytes32);

    /// @notice EIP-712 digest that the customer signs.
    function lineDigest(Line calldata line) external view returns (bytes32);

    /// @notice Opens, changes (with notice) or closes (cap 0) a line with the customer's signature.
    function open(Line calldata line, bytes calldata signature) external;

    /// @notice The same, sent by the customer.
    function openByCustomer(Line calldata line) external;

    /// @notice The same for many; lines that are refused are left out with an event.
    /// @return opened How many were accepted.
    function openBatch(Line[] calldata lines, bytes[] calldata signatures) external returns (uint256 opened);

    /// @notice Closes the sender's line, in force after the notice.
    function revoke(address settlement, address hub, address vault) external;

    /// @notice Voids the sender's signatures that were not relayed yet.
    function skipNonce(address vault) external;

    /// @notice Removes what can no longer be charged from the sum of caps; anybody may.
    function prune(address customer, address settlement, address hub, address vault) external;

    /// @notice The next nonce of `customer` for `vault`.
    function nonceOf(address customer, address vault) external view returns (uint256);

    /// @notice Sum of caps of all lines on `customer`'s balance in `vault`, the larger of old and new while one changes.
    function capsOf(address customer, address vault) external view returns (uint256);

    /// @notice The terms in force in `epoch`; all zero when there are none.
    function lineInForce(address customer, address settlement, address hub, address vault, uint64 epoch)
        external
        view
        returns (Terms memory);

    /// @notice The key that signed orders in `epoch`, also after the line has ended; zero when there was none.
    function orderSignerOf(address customer, address settlement, address hub, address vault, uint64 epoch)
        external
        view
        returns (address);

    /// @notice The terms that were set last, and those that they replace when their epoch comes.
    function lineOf(address customer, address settlement, address hub, address vault)
        external
        view
        returns (Terms memory current, Terms memory next);

    /// @notice Rows (address, amount) cut to the caps in force in `epoch`; empty when no cap cuts any of them.
    /// @dev Reverts when an account has no line in force, or does not rise above the one before (`previous` for the
    /// first), and when the epoch is not over or can no longer be posted. This holds for settlements of anybody's making.
    function limit(
        address settlement,
        address hub,
        address vault,
        uint64 epoch,
        address previous,
        bytes32[] calldata rows
    ) external view returns (bytes32[] memory limited);

    /// @notice What the hub can admit now, before what it has not settled itself:
    /// min(cap, balance - pending withdrawal - K * other caps in force).
    function safeAmount(address customer, address settlement, address hub, address vault)
        external
        view
        returns (uint256);
}
