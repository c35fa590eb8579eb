// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {HubBonds} from "./HubBonds.sol";
import {IRemedies} from "./interfaces/IRemedies.sol";
import {IVault} from "./interfaces/IVault.sol";
import {Custody} from "./libraries/Custody.sol";
import {Rows} from "./libraries/Rows.sol";

/// @title What cases do with a hub's bond
/// @notice Cover pays customers, the free and the leaving bond pay penalties. No case takes what covers another epoch, or
/// what a payee is guaranteed.
abstract contract BondCases is HubBonds {
    /// @dev Nobody has the key of this account: what is credited here is burnt.
    address private constant NOBODY = address(0xdead);
    uint96 private constant REPORTER_PART = 10;

    mapping(address sender => bool) public isChallenge;

    modifier onlyChallenge() {
        _checkSender();
        _;
    }

    constructor(address[] memory challenges) {
        for (uint256 i = 0; i < challenges.length; ++i) {
            isChallenge[challenges[i]] = true;
        }
    }

    /// @inheritdoc IRemedies
    function openCase(address hub, address vault, uint64 epoch, uint96 penalty) external onlyChallenge {
        Bond storage bond = _bond(hub, vault);
        Cover storage cover = _existingCover(bond, hub, vault, epoch);
        bond.penalties += penalty;
        if (penalty != 0) bond.hub.fined = true;
        emit CaseCounted(hub, vault, epoch, ++cover.cases, bond.penalties);
    }

    /// @inheritdoc IRemedies
    function closeCase(address hub, address vault, uint64 epoch, uint96 penalty) external onlyChallenge {
        Bond storage bond = _bond(hub, vault);
        Cover storage cover = _existingCover(bond, hub, vault, epoch);
        _lift(bond, penalty);
        emit CaseCounted(hub, vault, epoch, --cover.cases, bond.penalties);
    }

    /// @inheritdoc IRemedies
    function collectPenalty(address hub, address vault, uint96 amount, address reporter)
        external
        onlyChallenge
        returns (uint96 collected)
    {
        Bond storage bond = _bond(hub, vault);
        (uint96 fromFree, uint96 fromLeaving) = _take(bond, amount);
        collected = fromFree + fromLeaving;
        _lift(bond, collected);
        emit PenaltyCollected(hub, vault, reporter, fromFree, fromLeaving);
        uint96 reward = collected / REPORTER_PART;
        bytes32[] memory rows = new bytes32[](2);
        (rows[0], rows[1]) = (Rows.pack(reporter, reward), Rows.pack(NOBODY, collected - reward));
        Custody.credit(IVault(vault), rows);
    }

    /// @inheritdoc IRemedies
    function penaltiesOf(address hub, address vault) external view returns (uint256) {
        return _bond(hub, vault).penalties;
    }

    /// @dev Customers never get more than was taken of an epoch, which its cover is not below.
    function _useCover(address hub, address vault, uint64 epoch, uint96 amount) internal {
        Bond storage bond = _bond(hub, vault);
        _existingCover(bond, hub, vault, epoch).amount -= amount;
        bond.hub.covering -= amount;
        emit CoverUsed(hub, vault, epoch, amount);
    }

    function _returnCover(address hub, address vault, uint64 epoch, uint256 amount) internal {
        Bond storage bond = _bond(hub, vault);
        uint96 back = _least(type(uint96).max - bond.hub.free - bond.hub.covering, amount);
        _existingCover(bond, hub, vault, epoch).amount += back;
        bond.hub.covering += back;
        emit CoverReturned(hub, vault, epoch, back);
    }

    /// @dev Takes up to `wanted` from what is free and then from what is leaving.
    function _take(Bond storage bond, uint256 wanted) private returns (uint96 fromFree, uint96 fromLeaving) {
        Hub memory account = _load(bond);
        _release(bond, account);
        fromFree = _least(account.free, wanted);
        account.free -= fromFree;
        _store(bond, account);
        fromLeaving = _least(bond.leaving, wanted - fromFree);
        bond.leaving -= fromLeaving;
    }

    /// @dev Lifts `amount` of the reserved penalties.
    function _lift(Bond storage bond, uint96 amount) private {
        bond.penalties -= amount;
        if (bond.penalties == 0) bond.hub.fined = false;
    }

    function _existingCover(Bond storage bond, address hub, address vault, uint64 epoch)
        private
        view
        returns (Cover storage)
    {
        (bool found, Cover storage cover) = _coverOf(bond, epoch);
        if (!found) revert NoCover(hub, vault, epoch);
        return cover;
    }

    function _checkSender() private view {
        if (!isChallenge[msg.sender]) revert NotAChallenge(msg.sender);
    }

    /// @dev Not above `a`.
    function _least(uint96 a, uint256 b) private pure returns (uint96) {
        // forge-lint: disable-next-line(unsafe-typecast)
        return a < b ? a : uint96(b);
    }
}
