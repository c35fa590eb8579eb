// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Charge, Hold, Subject} from "../libraries/Subject.sol";

/// @title What the challenges can do with bonds and escrow
/// @notice Only the contracts that Settlement's constructor fixed may call these. They have checked all proofs: here is
/// only the arithmetic that keeps any of them from paying a slice, a row or a bond twice.
interface IRemedies {
    /// @notice A case keeps the cover of an epoch from being released; `penalties` of the free bond wait for cases.
    event CaseCounted(
        address indexed hub, address indexed vault, uint64 indexed epoch, uint256 cases, uint256 penalties
    );

    /// @notice `amount` of the cover of an epoch went to customers.
    event CoverUsed(address indexed hub, address indexed vault, uint64 indexed epoch, uint256 amount);

    /// @notice `amount` of a void part's escrow stands behind its epoch again.
    event CoverReturned(address indexed hub, address indexed vault, uint64 indexed epoch, uint256 amount);

    /// @notice `refund` of a slice went back to the customer.
    event SliceRemedied(bytes31 indexed headerHash, uint32 indexed index, address indexed customer, uint256 refund);

    /// @notice A penalty was taken from a hub's bond: a tenth of it to the reporter, the rest to nobody.
    event PenaltyCollected(
        address indexed hub, address indexed vault, address indexed reporter, uint256 fromFree, uint256 fromLeaving
    );

    /// @notice `held` of a credit row waits for disputes, `given` of it went back to customers.
    event RowHeld(bytes31 indexed headerHash, uint32 indexed index, uint256 held, uint256 given);

    /// @notice The part is void: its customers have back what was taken, its unpaid credits are claims by IOU.
    event PartVoided(address indexed hub, address indexed vault, uint64 indexed epoch, uint32 part, uint256 refunds);

    error NotAChallenge(address sender);
    error NoCover(address hub, address vault, uint64 epoch);
    error AlreadyStruck(bytes31 headerHash, uint32 index);
    error PartIsVoid(bytes31 headerHash);
    error PenaltiesOpen(uint256 penalties, uint256 free);

    /// @notice Keeps the cover of an epoch in place and reserves `penalty` in the hub's free bond.
    function openCase(address hub, address vault, uint64 epoch, uint96 penalty) external;

    /// @notice Ends a case: the cover may go, and `penalty` of the reservation is lifted.
    function closeCase(address hub, address vault, uint64 epoch, uint96 penalty) external;

    /// @notice Strikes a leaf, once: returns what goes back to the customer, `amount` less what its provider conceded and
    /// at most what was taken. The caller pays up to `bonded` of it, the cover of the epoch the rest.
    function strike(Subject calldata leaf, Charge calldata charge, uint96 amount, uint96 bonded)
        external
        returns (uint96 refund);

    /// @notice Takes up to `amount` of reserved penalties from the hub's free and leaving bond; returns how much.
    function collectPenalty(address hub, address vault, uint96 amount, address reporter) external returns (uint96);

    /// @notice Holds back up to `amount` of an unpaid credit row; returns how much.
    function hold(Subject calldata leaf, bytes32 row, uint32 index, uint96 amount) external returns (uint96 held);

    /// @notice Ends a hold: up to `wanted` of it to the customer, the rest as posted.
    function endHold(Subject calldata leaf, Hold calldata held, Charge calldata charge, uint96 wanted)
        external
        returns (uint96 given);

    /// @notice Gives all customers of a part back what was taken: from escrow, what is paid already from the cover.
    /// @param debits Sum of the part's debits. @param taken Its debit rows, with what was taken of them.
    function voidPart(Subject calldata part, uint96 debits, bytes32[] calldata taken) external;

    /// @notice Whether a contract is one of the challenges.
    function isChallenge(address sender) external view returns (bool);

    /// @notice Whether the leaf of a part was struck.
    function isStruck(address hub, address vault, uint64 epoch, uint32 part, uint32 index) external view returns (bool);

    /// @notice Whether a part is void.
    function isVoid(address hub, address vault, uint64 epoch, uint32 part) external view returns (bool);

    /// @notice What of a hub's bond is reserved for penalties.
    function penaltiesOf(address hub, address vault) external view returns (uint256);
}
