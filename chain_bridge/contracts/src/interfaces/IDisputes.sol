// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Hold, Subject} from "../libraries/Subject.sol";
import {Slice, SliceProof} from "./IChallenge.sol";

/// @title Disputes of slices that were ordered and signed, and not delivered as they should be
/// @notice A dispute holds back the provider's credit of one leaf, and never more than its customer was charged for it.
/// At its hard deadline the credit is paid as posted, and with it the dispute's bond: an accusation decides nothing.
/// Before that the provider may give its credit back, the hub may pay the customer out of its pocket, and a court may
/// decide. There is no court yet.
interface IDisputes {
    /// @notice `held` of the provider's row waits, and `reserved` of its bond.
    event Disputed(bytes32 indexed id, address indexed provider, uint256 held, uint256 reserved);

    error WrongCredit(uint32 index);
    error NotTheCourt(address court, address sender);

    /// @notice The contract whose verdicts count; zero while there is none.
    function court() external view returns (address);

    /// @notice Disputes a leaf of the sender, within the window of the part or of its reveal; takes the bond.
    /// @param credit The provider's credit row (its amount field is not read), of which the leaf's credit waits, or what the
    /// customer's row was charged where that is less; a zero row holds nothing.
    function dispute(SliceProof calldata p, Hold calldata credit, bytes32[] calldata proof)
        external
        returns (bytes32 id);

    /// @notice The provider gives back the credit that is held.
    function concede(Subject calldata subject, Slice calldata slice) external;

    /// @notice The hub pays the customer what the leaf cost, in tokens; the provider's credit is paid as posted.
    function concedeByHub(Subject calldata subject, Slice calldata slice) external;

    /// @notice After the hard deadline: pays as posted; anybody may.
    function expire(Subject calldata subject, Slice calldata slice) external;

    /// @notice The court's verdict: for the customer, who is refunded from the held credit and the provider's bond, which
    /// pays as much again as a penalty; or as posted.
    function decide(Subject calldata subject, Slice calldata slice, bool forCustomer) external;

    /// @notice What an open dispute holds of a credit row, and of the provider's bond.
    function holdOf(bytes32 id) external view returns (Hold memory held, uint256 reserved);
}
