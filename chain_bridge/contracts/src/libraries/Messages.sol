// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice What a provider's agent signs: cumulative within (job, attempt, epoch), the highest seq counts.
/// @param outcome 0 running, 1 succeeded, 2 failed, 3 stopped.
struct Receipt {
    address hub;
    address vault;
    address customer;
    bytes32 jobId;
    uint32 attempt;
    uint64 epoch;
    uint32 seq;
    uint64 fromMs;
    uint64 toMs;
    uint64 gpuMilliseconds;
    uint96 providerAmount;
    uint8 outcome;
    bytes32 resultDigest;
}

/// @notice What a hub signs to a payee: the highest seq of an epoch counts.
struct Iou {
    address hub;
    address vault;
    uint64 epoch;
    address payee;
    uint32 seq;
    uint96 cumulative;
}

/// @notice What a customer's order signer signs; the digest of it is the job's id.
/// @param service Id of the service version; 0 when none.
/// @param specDigest Hash of what is ordered.
/// @param maxAmount Most that the job's slices may sum to.
/// @param expiresAt Unix seconds from which on nothing of the job may be charged.
struct Order {
    address hub;
    address vault;
    address customer;
    uint64 service;
    bytes32 specDigest;
    uint96 maxAmount;
    uint256 nonce;
    uint64 expiresAt;
}

/// @title EIP-712 struct hashes of what is signed for a Settlement
library Messages {
    bytes32 internal constant RECEIPT_TYPEHASH = keccak256(
        "Receipt(address hub,address vault,address customer,bytes32 jobId,uint32 attempt,uint64 epoch,uint32 seq,uint64 fromMs,uint64 toMs,uint64 gpuMilliseconds,uint96 providerAmount,uint8 outcome,bytes32 resultDigest)"
    );
    bytes32 internal constant IOU_TYPEHASH =
        keccak256("Iou(address hub,address vault,uint64 epoch,address payee,uint32 seq,uint96 cumulative)");
    bytes32 internal constant ORDER_TYPEHASH = keccak256(
        "Order(address hub,address vault,address customer,uint64 service,bytes32 specDigest,uint96 maxAmount,uint256 nonce,uint64 expiresAt)"
    );

    /// @notice Struct hash of a receipt.
    function hash(Receipt memory receipt) internal pure returns (bytes32) {
        return keccak256(abi.encode(RECEIPT_TYPEHASH, receipt));
    }

    /// @notice Struct hash of an IOU.
    function hash(Iou memory iou) internal pure returns (bytes32) {
        return keccak256(abi.encode(IOU_TYPEHASH, iou));
    }

    /// @notice Struct hash of an order.
    function hash(Order memory order) internal pure returns (bytes32) {
        return keccak256(abi.encode(ORDER_TYPEHASH, order));
    }

    /// @notice What is signed: the EIP-712 digest of a struct in a domain.
    function digest(bytes32 domainSeparator, bytes32 structHash) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(hex"1901", domainSeparator, structHash));
    }
}
