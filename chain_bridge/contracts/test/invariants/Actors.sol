// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {CreditLines} from "../../src/CreditLines.sol";
import {Providers} from "../../src/Providers.sol";
import {Settlement} from "../../src/Settlement.sol";
import {Vault} from "../../src/Vault.sol";
import {HansaToken} from "../../src/dev/HansaToken.sol";
import {ICreditLines} from "../../src/interfaces/ICreditLines.sol";
import {ISettlement} from "../../src/interfaces/ISettlement.sol";
import {Header} from "../../src/libraries/Header.sol";
import {Rows} from "../../src/libraries/Rows.sol";
import {Proofs} from "../Proofs.sol";
import {Test} from "forge-std/Test.sol";

/// @title Everybody who acts in the invariant tests, and what they remember of the past
/// @notice Every action is one that its sender may try at any time; what must be refused is asserted to be refused.
contract Actors is Test {
    struct Batch {
        Header header;
        bytes32[] credits;
        bool finalized;
        uint256 paidAlone;
    }

    HansaToken private immutable TOKEN;
    Vault private immutable VAULT;
    CreditLines private immutable LINES;
    Providers private immutable PROVIDERS;
    Settlement private immutable SETTLEMENT;

    address[] public customers;
    address[] public payees;
    address[] public hubs;
    Batch[] private _batches;

    /// @notice The first thing that happened and must not; empty when nothing did.
    string public violation;
    uint256 public finalized;
    uint256 public exits;
    mapping(address => uint256) public charged;
    mapping(address => uint256) public deposited;
    mapping(address => uint256) public withdrawn;
    mapping(bytes32 => uint256) public chargedIn;

    constructor(HansaToken token, Vault vault, CreditLines lines, Providers providers, Settlement settlement) {
        (TOKEN, VAULT, LINES, PROVIDERS, SETTLEMENT) = (token, vault, lines, providers, settlement);
        for (uint256 i = 0; i < 4; ++i) {
            customers.push(address(uint160(0x1000 + i)));
            payees.push(address(uint160(0x2000 + i)));
        }
        // One account is on both sides.
        payees.push(customers[0]);
        hubs.push(address(0x3000));
        hubs.push(address(0x3001));
    }

    function batchCount() external view returns (uint256) {
        return _batches.length;
    }

    function batch(uint256 index) external view returns (Batch memory) {
        return _batches[index];
    }

    // Time

    function wait(uint256 secs) external {
        vm.warp(block.timestamp + _bound(secs, 1, 60));
    }

    // Customers

    function deposit(uint256 who, uint256 amount) external {
        address customer = customers[who % customers.length];
        amount = _bound(amount, 1, 1e24);
        TOKEN.mint(address(this), amount);
        TOKEN.approve(address(VAULT), amount);
        VAULT.deposit(customer, amount);
        deposited[customer] += amount;
    }

    function setLine(uint256 who, uint256 forHub, uint256 cap, uint256 life) external {
        address customer = customers[who % customers.length];
        address hub = hubs[forHub % hubs.length];
        ICreditLines.Line memory line;
        (line.customer, line.settlement, line.hub, line.vault) = (customer, address(SETTLEMENT), hub, address(VAULT));
        line.capPerEpoch = uint96(_bound(cap, 0, 1e23));
        line.expiresAt = uint64(block.timestamp + _bound(life, 0, 2000));
        line.nonce = LINES.nonceOf(customer, address(VAULT));
        vm.prank(customer);
        LINES.openByCustomer(line);
    }

    function prune(uint256 who, uint256 forHub) external {
        LINES.prune(customers[who % customers.length], address(SETTLEMENT), hubs[forHub % hubs.length], address(VAULT));
    }

    // Exits of everybody

    function requestWithdrawal(uint256 who, uint256 amount) external {
        address account = _account(who);
        amount = _bound(amount, 0, VAULT.balanceOf(account) + 1);
        vm.prank(account);
        VAULT.requestWithdrawal(amount);
    }

    function cancelWithdrawal(uint256 who) external {
        vm.prank(_account(who));
        VAULT.cancelWithdrawal();
    }

    /// @dev A request is paid after its delay, up to the balance and whatever else happens: it must not revert.
    function withdraw(uint256 who, bool patient) external {
        address account = _account(who);
        (uint256 pending, uint256 availableAt) = VAULT.pendingWithdrawal(account);
        uint256 balance = VAULT.balanceOf(account);
        uint256 amount = pending < balance ? pending : balance;
        if (amount == 0) return;
        if (patient) _waitUntil(availableAt);
        vm.prank(account);
        try VAULT.withdraw(address(0xc01d), amount) {
            if (block.timestamp < availableAt) _violated("a withdrawal was paid too early");
            withdrawn[account] += amount;
            ++exits;
        } catch {
            if (block.timestamp >= availableAt) _violated("a withdrawal was refused after its delay");
        }
    }

    // Hubs

    function depositBond(uint256 who, uint256 amount) external {
        amount = _bound(amount, 1, 1e24);
        TOKEN.mint(address(this), amount);
        TOKEN.approve(address(SETTLEMENT), amount);
        SETTLEMENT.depositBond(address(VAULT), hubs[who % hubs.length], amount);
    }

    function requestUnbond(uint256 who, uint256 amount) external {
        address hub = hubs[who % hubs.length];
        vm.prank(hub);
        SETTLEMENT.requestUnbond(address(VAULT), _bound(amount, 0, 1e24));
    }

    function cancelUnbond(uint256 who) external {
        vm.prank(hubs[who % hubs.length]);
        SETTLEMENT.cancelUnbond(address(VAULT));
    }

    /// @dev A request is released after its delay, whatever else happens: it must not revert.
    function unbond(uint256 who, bool patient) external {
        address hub = hubs[who % hubs.length];
        (,, uint256 leaving, uint256 availableAt) = SETTLEMENT.bondOf(hub, address(VAULT));
        if (leaving == 0) return;
        if (patient) _waitUntil(availableAt);
        vm.prank(hub);
        try SETTLEMENT.unbond(address(VAULT)) {
            if (block.timestamp < availableAt) _violated("a hub left too early");
            ++exits;
        } catch {
            if (block.timestamp >= availableAt) _violated("a hub was not let go after the delay");
        }
    }

    function releaseCover(uint256 who) external {
        SETTLEMENT.releaseCover(hubs[who % hubs.length], address(VAULT));
    }

    /// @dev Posts the last epoch, in two parts by halves of the customers when `split`.
    function post(uint256 who, uint256 seed, bool split) external {
        address hub = hubs[who % hubs.length];
        if (block.timestamp % 20 > 14) _waitUntil((block.timestamp / 20 + 1) * 20);
        uint64 epoch = uint64(block.timestamp / 20 - 1);
        (uint64 last,,) = SETTLEMENT.lastEpoch(hub, address(VAULT));
        if (epoch == last) _waitUntil((++epoch + 1) * 20);
        if (split) {
            _post(_args(epoch, 0, 2), hub, seed);
            _post(_args(epoch, 1, 2), hub, seed);
        } else {
            _post(_args(epoch, 0, 1), hub, seed);
        }
    }

    /// @dev Sends a batch again that is on chain already: it must be refused.
    function postAgain(uint256 which) external {
        if (_batches.length == 0) return;
        Header memory header = _batches[which % _batches.length].header;
        bytes32[] memory debits = new bytes32[](1);
        debits[0] = Rows.pack(customers[0], 1);
        ISettlement.PostArgs memory args = _args(header.epoch, header.part, header.parts);
        vm.prank(header.hub);
        try SETTLEMENT.post(args, debits, new bytes32[](0)) {
            _violated("a batch was posted twice");
        } catch {}
    }

    // Anybody

    function finalize(uint256 which) external {
        if (_batches.length == 0) return;
        Batch storage chosen = _batches[which % _batches.length];
        _waitUntil(chosen.header.postedAt + 9);
        bool before = chosen.finalized;
        try SETTLEMENT.finalize(chosen.header, chosen.credits) {
            if (before) _violated("a batch was paid twice");
            chosen.finalized = true;
            ++finalized;
        } catch {
            if (!before) _violated("a batch could not be finalized");
        }
    }

    /// @dev A payee takes its own row: paid exactly when neither the row nor the whole was paid before.
    function finalizeRow(uint256 which, uint256 index) external {
        if (_batches.length == 0) return;
        Batch storage chosen = _batches[which % _batches.length];
        Header memory header = chosen.header;
        if (header.creditCount == 0) return;
        index %= header.creditCount;
        _waitUntil(header.postedAt + 9);
        bool before = SETTLEMENT.isRowFinalized(header.hub, header.vault, header.epoch, header.part, uint32(index));
        bytes32[] memory proof = Proofs.creditProof(chosen.credits, index);
        try SETTLEMENT.finalizeRow(header, chosen.credits[index], uint32(index), proof) {
            if (before) _violated("a row was paid twice");
            chosen.paidAlone += Rows.amountOf(chosen.credits[index]);
        } catch {
            if (!before) _violated("a row could not be finalized");
        }
    }

    function topUpProvider(uint256 who, uint256 amount) external {
        address provider = payees[who % 4];
        amount = _bound(amount, 1, 1e24);
        if (!PROVIDERS.isRegistered(provider)) {
            vm.prank(provider);
            PROVIDERS.register(address(VAULT), 0, provider);
        }
        TOKEN.mint(address(this), amount);
        TOKEN.approve(address(PROVIDERS), amount);
        PROVIDERS.topUp(address(VAULT), provider, amount);
    }

    function requestUnbondProvider(uint256 who, uint256 amount) external {
        address provider = payees[who % 4];
        (uint256 bonded,,) = PROVIDERS.bondOf(provider, address(VAULT));
        vm.prank(provider);
        PROVIDERS.requestUnbond(address(VAULT), _bound(amount, 0, bonded + 1));
    }

    function unbondProvider(uint256 who, bool patient) external {
        address provider = payees[who % 4];
        (, uint256 leaving, uint256 availableAt) = PROVIDERS.bondOf(provider, address(VAULT));
        if (leaving == 0) return;
        if (patient) _waitUntil(availableAt);
        vm.prank(provider);
        try PROVIDERS.unbond(address(VAULT)) {
            if (block.timestamp < availableAt) _violated("a provider left too early");
            ++exits;
        } catch {
            if (block.timestamp >= availableAt) _violated("a provider was not let go after the delay");
        }
    }

    /// @dev Kept in storage: a revert here would only undo the action that went wrong.
    function _violated(string memory what) private {
        if (bytes(violation).length == 0) violation = what;
    }

    function _waitUntil(uint256 time) private {
        if (block.timestamp < time) vm.warp(time);
    }

    function _post(ISettlement.PostArgs memory args, address hub, uint256 seed) private {
        (bytes32[] memory debits, uint256 sum) = _debits(args, seed);
        bytes32[] memory credits = _credits(sum * 10_000 / 10_501, seed);
        uint256[4] memory before;
        for (uint256 i = 0; i < 4; ++i) {
            before[i] = VAULT.balanceOf(customers[i]);
        }
        vm.prank(hub);
        Header memory header = SETTLEMENT.post(args, debits, credits);
        _batches.push(Batch(header, credits, false, 0));
        for (uint256 i = 0; i < 4; ++i) {
            _noteCharge(header, customers[i], before[i] - VAULT.balanceOf(customers[i]));
        }
    }

    /// @dev However a batch is cut into parts, an epoch takes no more than the cap.
    function _noteCharge(Header memory header, address customer, uint256 taken) private {
        charged[customer] += taken;
        bytes32 key = keccak256(abi.encode(customer, header.hub, header.epoch));
        chargedIn[key] += taken;
        uint256 cap = LINES.lineInForce(customer, address(SETTLEMENT), header.hub, address(VAULT), header.epoch).cap;
        if (chargedIn[key] > cap) _violated("an epoch took more than the cap");
    }

    function _debits(ISettlement.PostArgs memory args, uint256 seed)
        private
        view
        returns (bytes32[] memory debits, uint256 sum)
    {
        debits = new bytes32[](4 / args.parts);
        for (uint256 i = 0; i < debits.length; ++i) {
            uint96 amount = uint96(uint256(keccak256(abi.encode(seed, args.part, i))) % 1e22 + 1);
            debits[i] = Rows.pack(customers[args.part * debits.length + i], amount);
            sum += amount;
        }
    }

    function _credits(uint256 sum, uint256 seed) private view returns (bytes32[] memory credits) {
        // payees[4] is customers[0], whose address is the lowest.
        uint256 share = sum / 5;
        if (share == 0 || seed % 5 == 0) return credits;
        credits = new bytes32[](5);
        credits[0] = Rows.pack(payees[4], uint96(share));
        for (uint256 i = 0; i < 4; ++i) {
            credits[i + 1] = Rows.pack(payees[i], uint96(share));
        }
    }

    function _args(uint64 epoch, uint32 part, uint32 parts) private view returns (ISettlement.PostArgs memory args) {
        (args.vault, args.epoch, args.part, args.parts, args.leafCount) = (address(VAULT), epoch, part, parts, 1);
    }

    function _account(uint256 who) private view returns (address) {
        if (who % 9 < 4) return customers[who % 9];
        if (who % 9 < 8) return payees[who % 9 - 4];
        return hubs[who % hubs.length];
    }
}
