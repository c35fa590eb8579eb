// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IServices} from "./interfaces/IServices.sol";

/// @title Services
/// @notice See IServices.
contract Services is IServices {
    uint256 private constant LONGEST_TEXT = 64;
    uint16 private constant HIGHEST_CAP_BPS = 5000;

    uint16 public immutable maxRoyaltyBps;

    uint64 public count;
    mapping(uint64 id => Service) private _services;
    mapping(bytes32 key => uint64 id) private _ids;

    /// @param maxRoyaltyBps_ Most that a royalty can be, in basis points of the provider's amount.
    constructor(uint16 maxRoyaltyBps_) {
        if (maxRoyaltyBps_ > HIGHEST_CAP_BPS) revert RoyaltyTooHigh(maxRoyaltyBps_, HIGHEST_CAP_BPS);
        maxRoyaltyBps = maxRoyaltyBps_;
    }

    /// @inheritdoc IServices
    function publish(
        string calldata name,
        string calldata version,
        address payout,
        uint16 royaltyBps,
        bytes32 contentDigest
    ) external returns (uint64 id) {
        _check(name, version, payout, royaltyBps, contentDigest);
        bytes32 key = _key(msg.sender, name, version);
        if (_ids[key] != 0) revert AlreadyPublished(_ids[key]);
        id = ++count;
        _ids[key] = id;
        Service storage service = _services[id];
        service.publisher = msg.sender;
        service.payout = payout;
        service.royaltyBps = royaltyBps;
        service.publishedAt = uint64(block.timestamp);
        service.contentDigest = contentDigest;
        service.name = name;
        service.version = version;
        emit Published(id, msg.sender, payout, name, version, royaltyBps, contentDigest);
    }

    /// @inheritdoc IServices
    function get(uint64 id) external view returns (Service memory) {
        if (id == 0 || id > count) revert UnknownService(id);
        return _services[id];
    }

    /// @inheritdoc IServices
    function royaltyBpsOf(uint64 id) external view returns (uint16) {
        return _services[id].royaltyBps;
    }

    /// @inheritdoc IServices
    function idOf(address publisher, string calldata name, string calldata version) external view returns (uint64) {
        return _ids[_key(publisher, name, version)];
    }

    function _check(
        string calldata name,
        string calldata version,
        address payout,
        uint16 royaltyBps,
        bytes32 contentDigest
    ) private view {
        if (bytes(name).length == 0 || bytes(name).length > LONGEST_TEXT) revert InvalidName(name);
        if (bytes(version).length == 0 || bytes(version).length > LONGEST_TEXT) revert InvalidVersion(version);
        if (payout == address(0)) revert ZeroPayout();
        if (royaltyBps > maxRoyaltyBps) revert RoyaltyTooHigh(royaltyBps, maxRoyaltyBps);
        if (contentDigest == bytes32(0)) revert ZeroDigest();
    }

    function _key(address publisher, string calldata name, string calldata version) private pure returns (bytes32) {
        return keccak256(abi.encode(publisher, name, version));
    }
}
