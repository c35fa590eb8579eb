// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IChallenge} from "../../src/interfaces/IChallenge.sol";
import {Header} from "../../src/libraries/Header.sol";
import {Rows} from "../../src/libraries/Rows.sol";
import {Params, Schedule} from "../../src/libraries/Schedule.sol";
import {Hold} from "../../src/libraries/Subject.sol";
import {Duties} from "./Duties.sol";

/// @title A payee that works for what it is guaranteed, has its rows paid, and claims in the last second what they lack
abstract contract CarefulPayee is Duties {
    Person internal pat;
    uint64[] internal worked;
    mapping(uint64 epoch => uint96) internal promised;
    mapping(uint64 epoch => uint96) private _paid;
    mapping(uint64 epoch => bool) private _settled;
    mapping(uint256 batch => bool) private _counted;

    function setUp() public virtual override {
        super.setUp();
        pat = person("pat");
        giveTokens(pat.account);
    }

    /// @dev Work of this epoch, for no more than what the hub guarantees, does not ask back, and did not pay yet.
    function doWork(uint96 amount) public {
        uint256 room = _room();
        if (room == 0) return;
        uint64 epoch = currentEpoch();
        if (promised[epoch] == 0) {
            worked.push(epoch);
            owe(_lastPost(epoch) + 1, abi.encodeCall(this.lookAt, (epoch)));
        }
        promised[epoch] += uint96(_bound(amount, 1, room));
    }

    /// @dev Nothing of the epoch can be posted any more: now it is known until when it can be claimed.
    function lookAt(uint64 epoch) external {
        Params memory p = settlement.params();
        uint256 covered = settlement.coveredUntil(hub, address(vault), epoch);
        uint256 until = covered == 0 ? _lastPost(epoch) + p.window : covered - Schedule.verdictSpan(p);
        owe(until, abi.encodeCall(this.settle, (epoch)));
    }

    /// @dev The last row can be paid by now; what rows did not pay is claimed.
    function settle(uint64 epoch) external {
        for (uint256 i = 0; i < batches.length; ++i) {
            if (batchOf(i).header.epoch == epoch) this.takeRow(i);
        }
        _settled[epoch] = true;
        if (_paid[epoch] >= promised[epoch]) return;
        claim(pat, epoch, promised[epoch], promised[epoch] - _paid[epoch]);
        owe(answerUntil(epoch, pat) + 1, abi.encodeCall(this.collect, (epoch)));
    }

    function collect(uint64 epoch) external {
        IChallenge.State state = claims.claimOf(hub, address(vault), epoch, pat.account).state;
        if (state == IChallenge.State.Open) claims.payClaim(hub, address(vault), epoch, pat.account);
    }

    /// @dev A row that is only posted can still become void, so that it is no payment.
    function takeRow(uint256 which) external {
        Batch memory batch = batchOf(which);
        (Hold memory credit,) = creditOf(batch, pat.account);
        if (_counted[which] || credit.row == 0) return;
        attempt(abi.encodeCall(this.payPats, (which)));
        Header memory header = batch.header;
        if (!settlement.isRowFinalized(hub, address(vault), header.epoch, header.part, credit.index)) return;
        _counted[which] = true;
        _paid[header.epoch] += Rows.amountOf(credit.row);
    }

    function promisedInAll() internal view returns (uint256 sum) {
        for (uint256 i = 0; i < worked.length; ++i) {
            sum += promised[worked[i]];
        }
    }

    function payPats(uint256 which) public {
        finalizeRow(batchOf(which), pat.account);
    }

    /// @dev What claims have of the guarantee is out of it already.
    function _room() private view returns (uint256) {
        (uint256 amount, uint256 leaving,) = settlement.guaranteeOf(hub, address(vault), pat.account);
        uint256 used = leaving;
        for (uint256 i = 0; i < worked.length; ++i) {
            uint64 epoch = worked[i];
            if (!_settled[epoch] && _paid[epoch] < promised[epoch]) used += promised[epoch] - _paid[epoch];
        }
        return amount > used ? amount - used : 0;
    }

    function _lastPost(uint64 epoch) private view returns (uint256) {
        return (uint256(epoch) + 1) * E + settlement.params().post;
    }
}
