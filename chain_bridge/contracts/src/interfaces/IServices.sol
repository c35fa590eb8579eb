// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Services: published products, a version each, immutable
interface IServices {
    /// @notice One version of a product.
    /// @param payout Account that is credited with the royalty.
    /// @param royaltyBps Part of the provider's amount that is added as royalty.
    /// @param contentDigest sha256 of what runs (image digest or archive).
    struct Service {
        address publisher;
        address payout;
        uint16 royaltyBps;
        uint64 publishedAt;
        bytes32 contentDigest;
        string name;
        string version;
    }

    event Published(
        uint64 indexed id,
        address indexed publisher,
        address indexed payout,
        string name,
        string version,
        uint16 royaltyBps,
        bytes32 contentDigest
    );

    error AlreadyPublished(uint64 id);
    error InvalidName(string name);
    error InvalidVersion(string version);
    error RoyaltyTooHigh(uint256 royaltyBps, uint256 largest);
    error ZeroPayout();
    error ZeroDigest();
    error UnknownService(uint64 id);

    /// @notice Most that a royalty can be, in basis points.
    function maxRoyaltyBps() external view returns (uint16);

    /// @notice How many versions were published; ids run from 1 to it.
    function count() external view returns (uint64);

    /// @notice Publishes a version of the sender's product for ever; returns its id.
    function publish(
        string calldata name,
        string calldata version,
        address payout,
        uint16 royaltyBps,
        bytes32 contentDigest
    ) external returns (uint64 id);

    /// @notice The version with this id.
    function get(uint64 id) external view returns (Service memory);

    /// @notice The royalty of a version in basis points; 0 when there is none with this id.
    function royaltyBpsOf(uint64 id) external view returns (uint16);

    /// @notice The id of a publisher's version; 0 when there is none.
    function idOf(address publisher, string calldata name, string calldata version) external view returns (uint64);
}
