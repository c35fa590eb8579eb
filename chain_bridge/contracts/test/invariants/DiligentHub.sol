// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IChallenge} from "../../src/interfaces/IChallenge.sol";
import {IClaims} from "../../src/interfaces/IClaims.sol";
import {Leaf} from "../../src/libraries/Leaf.sol";
import {Hold, Kind} from "../../src/libraries/Subject.sol";
import {Duties} from "./Duties.sol";

/// @title A hub that admits what is safe, posts what was done, and does whatever it has to in the last second it has
abstract contract DiligentHub is Duties {
    uint256 private constant MOST_SLICES = 6;

    mapping(uint64 epoch => Leaf[]) private _admitted;
    mapping(address customer => uint256) private _unposted;
    mapping(uint64 epoch => mapping(address provider => uint96)) private _promised;
    mapping(address provider => uint256) internal earned;

    /// @dev Work of this epoch for as much as is safe, or less; it takes its time.
    function admit(uint256 who, uint256 provider, uint96 amount, bool most, uint256 secs) external {
        Person memory customer = customerAt(who);
        uint256 safe = lines.safeAmount(customer.account, address(settlement), hub, address(vault));
        uint256 unposted = _unposted[customer.account];
        uint256 room = safe > unposted ? (safe - unposted) * 10_000 / 10_501 : 0;
        if (room != 0 && _admitted[currentEpoch()].length < MOST_SLICES) {
            _admit(customer, provider, uint96(most ? room : _bound(amount, 1, room)));
        }
        pass(secs % 5);
    }

    // Whoever can charge the hub with something

    function attackStatement(uint256 which, uint256 leaf) external {
        this.doDemand(which, leaf);
        owe(block.timestamp + 9, abi.encodeCall(this.answerStatement, (opened[Kind.Statement].length - 1)));
    }

    function attackOrder(uint256 which, uint256 leaf) external {
        this.doChallengeOrder(which, leaf);
        owe(block.timestamp + 7, abi.encodeCall(this.doShowOrder, (opened[Kind.Order].length - 1)));
    }

    function attackReceipt(uint256 which, uint256 leaf) external {
        this.doChallengeReceipt(which, leaf);
        owe(block.timestamp + 7, abi.encodeCall(this.doShowReceipt, (opened[Kind.Receipt].length - 1)));
    }

    /// @dev What the hub signed for, or less, is claimed although it was posted.
    function attackClaim(uint8 back, uint96 amount, uint8 who) external {
        uint64 epoch = currentEpoch() - 1 - back % 3;
        address payee = payeeOf(who).account;
        if (_promised[epoch][payee] == 0) return;
        claim(payeeOf(who), epoch, uint96(_bound(amount, 1, _promised[epoch][payee])));
        claimed.push(epoch);
        owe(answerUntil(epoch, payeeOf(who)), abi.encodeCall(this.answerClaim, (epoch, payee)));
    }

    // What none of it can lead to

    function strikeHonest(uint256 which, uint256 leaf, uint256 other, uint8 how) external {
        if (how % 4 == 0) this.doStrike(which, how > 127);
        else if (how % 4 == 1) this.doVoid(which);
        else if (how % 4 == 2) this.doProveFault(which, leaf);
        else this.doProveDuplicate(which, leaf, other);
        violated("an honest slice was struck, or an honest part voided");
    }

    // What the hub does when it is due; time stands still meanwhile

    /// @dev Epochs with an even number are posted in a part for each customer.
    function postEpoch(uint64 epoch) external {
        Leaf[] memory all = _admitted[epoch];
        (Leaf[] memory a, Leaf[] memory b) = (_of(ann, all), _of(ben, all));
        if (epoch % 2 == 1 || a.length == 0 || b.length == 0) return _post(all, epoch, 0, 1);
        if (ann.account > ben.account) (a, b) = (b, a);
        _post(a, epoch, 0, 2);
        _post(b, epoch, 1, 2);
    }

    /// @dev In two goes, the first of which may show nothing, or everything.
    function answerStatement(uint256 number) external {
        (Batch memory batch, uint256 leaf) = openedAt(Kind.Statement, number);
        reveal(batch, leaf, 0, leaf, hub);
        bool open = statements.caseOf(idOf(demandOf(batch, leaf))).state == IChallenge.State.Open;
        if (open) reveal(batch, leaf, leaf, batch.leaves.length, hub);
    }

    function answerClaim(uint64 epoch, address payee) external {
        for (uint256 i = 0; i < batches.length; ++i) {
            Batch memory batch = batchOf(i);
            (Hold memory credit,) = creditOf(batch, payee);
            if (batch.header.epoch != epoch || credit.row == 0) continue;
            IClaims.Claim memory open = claims.claimOf(hub, address(vault), epoch, payee);
            if (open.state != IChallenge.State.Open) return;
            if (!settlement.isRowFinalized(hub, address(vault), epoch, batch.header.part, credit.index)) {
                finalizeRow(batch, payee);
            }
            showCredit(batch, payee, hub);
        }
        if (claims.claimOf(hub, address(vault), epoch, payee).state != IChallenge.State.Answered) {
            violated("what was paid does not answer a claim");
        }
    }

    function customerAt(uint256 number) internal view returns (Person memory) {
        return number % 2 == 0 ? ann : ben;
    }

    function _admit(Person memory customer, uint256 provider, uint96 amount) private {
        uint64 epoch = currentEpoch();
        Leaf[] storage admitted = _admitted[epoch];
        if (admitted.length == 0) owe((uint256(epoch) + 1) * E + P, abi.encodeCall(this.postEpoch, (epoch)));
        admitted.push(work(customer, provider % 2 == 0 ? north.account : south.account, amount));
        _unposted[customer.account] += debitOf(admitted[admitted.length - 1]);
    }

    function _post(Leaf[] memory leaves, uint64 epoch, uint32 part, uint32 parts) private {
        Batch memory batch = post(leaves, totals(leaves, true), totals(leaves, false), epoch, part, parts);
        if (batch.header.taken != batch.header.debits) violated("what was safe to admit was not there");
        keep(batch);
        for (uint256 i = 0; i < leaves.length; ++i) {
            Leaf memory leaf = leaves[i];
            _unposted[leaf.customer] -= debitOf(leaf);
            _promised[epoch][leaf.provider] += leaf.providerAmount;
            earned[leaf.provider] += leaf.providerAmount;
        }
    }

    function _of(Person memory who, Leaf[] memory all) private pure returns (Leaf[] memory own) {
        own = new Leaf[](all.length);
        uint256 count = 0;
        for (uint256 i = 0; i < all.length; ++i) {
            if (all[i].customer == who.account) own[count++] = all[i];
        }
        assembly ("memory-safe") {
            mstore(own, count)
        }
    }
}
