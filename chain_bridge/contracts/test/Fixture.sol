// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {CreditLines} from "../src/CreditLines.sol";
import {Providers} from "../src/Providers.sol";
import {Services} from "../src/Services.sol";
import {Settlement} from "../src/Settlement.sol";
import {Vault} from "../src/Vault.sol";
import {Challenges} from "../src/challenges/Challenges.sol";
import {Claims} from "../src/challenges/Claims.sol";
import {Disputes} from "../src/challenges/Disputes.sol";
import {Statements} from "../src/challenges/Statements.sol";
import {HansaToken} from "../src/dev/HansaToken.sol";
import {ICreditLines} from "../src/interfaces/ICreditLines.sol";
import {ISettlement} from "../src/interfaces/ISettlement.sol";
import {Header} from "../src/libraries/Header.sol";
import {Rows} from "../src/libraries/Rows.sol";
import {Params} from "../src/libraries/Schedule.sol";

/// @title One deployment with delays that have no second to spare, a hub with a bond, and shorthands for an epoch
abstract contract Fixture is Test {
    uint256 internal constant E = 20;
    uint256 internal constant P = 14;
    uint256 internal constant W = 8;
    uint256 internal constant D = 41;
    uint256 internal constant N = 40;
    uint256 internal constant U = 68;
    uint256 internal constant SPAN = 31;
    uint96 internal constant UNIT = 1e18;
    uint96 internal constant BOND = 1_000_000 * UNIT;
    uint96 internal constant LEAF_FEE = UNIT / 100;
    uint64 internal constant FOREVER = type(uint64).max;

    HansaToken internal token;
    CreditLines internal lines;
    Vault internal vault;
    Providers internal providers;
    Services internal services;
    Settlement internal settlement;
    Statements internal statements;
    Challenges internal challenges;
    Disputes internal disputes;
    Claims internal claims;

    address internal hub = makeAddr("hub");
    address internal treasury = makeAddr("treasury");
    address internal anyone = makeAddr("anyone");

    struct Person {
        address account;
        uint256 key;
    }

    function setUp() public virtual {
        vm.warp(1_000_000 * E);
        token = new HansaToken();
        (uint256 notice, uint256 withdrawal, uint256 unbonding) = delays();
        deploy(profile(), notice, withdrawal, unbonding);
        fundBond(hub, BOND);
    }

    /// @dev Everything but the token. The challenges' addresses are fixed before they are there.
    function deploy(Params memory p, uint256 notice, uint256 withdrawal, uint256 unbonding) internal {
        lines = new CreditLines(p.epoch, p.post, notice);
        vault = new Vault(address(token), address(lines), withdrawal);
        services = new Services(3000);
        providers = new Providers(p.epoch, notice, unbonding, vaults(), _next(4, 1)[0]);
        settlement = new Settlement(p, address(lines), address(providers), treasury, vaults(), _next(1, 4));
        statements = new Statements(settlement, services, LEAF_FEE);
        challenges = new Challenges(settlement, services, statements, LEAF_FEE);
        disputes = new Disputes(settlement, services, statements, LEAF_FEE, court());
        claims = new Claims(settlement, services, LEAF_FEE);
    }

    function court() internal virtual returns (address) {
        return address(0);
    }

    function delays() internal pure virtual returns (uint256 notice, uint256 withdrawal, uint256 unbonding) {
        return (N, D, U);
    }

    function profile() internal pure virtual returns (Params memory) {
        return Params({
            epoch: uint32(E),
            post: uint32(P),
            window: uint32(W),
            reveal: 7,
            answer: 7,
            queue: 2,
            court: 0,
            sealing: 2,
            finality: 3,
            outage: 1,
            audit: 1,
            feeBps: 500,
            coverBps: 10_000
        });
    }

    // People

    function person(string memory name) internal virtual returns (Person memory) {
        (address account, uint256 key) = makeAddrAndKey(name);
        return Person(account, key);
    }

    function fundBond(address whose, uint256 amount) internal {
        token.mint(address(this), amount);
        token.approve(address(settlement), amount);
        settlement.depositBond(address(vault), whose, amount);
    }

    function fund(address account, uint256 amount) internal {
        if (amount == 0) return;
        token.mint(address(this), amount);
        token.approve(address(vault), amount);
        vault.deposit(account, amount);
    }

    /// @dev A customer with a balance and a line in force.
    function customer(string memory name, uint256 balance, uint96 cap) internal returns (Person memory who) {
        who = person(name);
        fund(who.account, balance);
        openLine(who, cap);
    }

    // Lines

    function lineOf(address account, uint96 cap) internal view returns (ICreditLines.Line memory) {
        return ICreditLines.Line({
            customer: account,
            settlement: address(settlement),
            hub: hub,
            vault: address(vault),
            tenant: "team-a",
            capPerEpoch: cap,
            expiresAt: uint64(block.timestamp + 100_000),
            orderSigner: address(0),
            nonce: lines.nonceOf(account, address(vault)),
            validUntil: uint64(block.timestamp + 1000)
        });
    }

    function sign(uint256 key, ICreditLines.Line memory line) internal view returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, lines.lineDigest(line));
        return abi.encodePacked(r, s, v);
    }

    function openLine(Person memory who, uint96 cap) internal {
        openLine(who, cap, address(0));
    }

    function openLine(Person memory who, uint96 cap, address orderSigner) internal {
        ICreditLines.Line memory line = lineOf(who.account, cap);
        line.orderSigner = orderSigner;
        lines.open(line, sign(who.key, line));
    }

    // Time

    function currentEpoch() internal view returns (uint64) {
        return uint64(block.timestamp / E);
    }

    /// @dev Moves to the end of this epoch and returns the epoch that can now be posted.
    function endEpoch() internal returns (uint64 epoch) {
        epoch = currentEpoch();
        vm.warp((uint256(epoch) + 1) * E);
    }

    function passWindow(Header memory header) internal {
        vm.warp(header.postedAt + W + 1);
    }

    // Rows

    function rows() internal pure returns (bytes32[] memory) {
        return new bytes32[](0);
    }

    function rows(address account, uint96 amount) internal pure returns (bytes32[] memory list) {
        list = new bytes32[](1);
        list[0] = Rows.pack(account, amount);
    }

    function rows(address a, uint96 amountA, address b, uint96 amountB) internal pure returns (bytes32[] memory list) {
        list = new bytes32[](2);
        list[0] = Rows.pack(a, amountA);
        list[1] = Rows.pack(b, amountB);
        if (a > b) (list[0], list[1]) = (list[1], list[0]);
    }

    function sorted(bytes32[] memory list) internal pure returns (bytes32[] memory) {
        for (uint256 i = 1; i < list.length; ++i) {
            bytes32 row = list[i];
            uint256 j = i;
            for (; j > 0 && list[j - 1] > row; --j) {
                list[j] = list[j - 1];
            }
            list[j] = row;
        }
        return list;
    }

    // Posts

    function argsOf(uint64 epoch, uint32 part, uint32 parts) internal view returns (ISettlement.PostArgs memory) {
        return ISettlement.PostArgs({
            vault: address(vault),
            epoch: epoch,
            part: part,
            parts: parts,
            jobsRoot: keccak256("jobs"),
            leafCount: 3,
            fileDigest: keccak256("file"),
            secretHash: keccak256("secret"),
            previousSecret: bytes32(0)
        });
    }

    function post(bytes32[] memory debits, bytes32[] memory credits) internal returns (Header memory) {
        return post(argsOf(endEpoch(), 0, 1), debits, credits);
    }

    function post(ISettlement.PostArgs memory args, bytes32[] memory debits, bytes32[] memory credits)
        internal
        virtual
        returns (Header memory)
    {
        vm.prank(hub);
        return settlement.post(args, debits, credits);
    }

    /// @dev The least debit that pays `credits` with the treasury's fee.
    function withFee(uint96 credits) internal pure returns (uint96) {
        return credits + (credits * 500 + 9999) / 10_000;
    }

    /// @dev Addresses that this contract's creations get, `skip` of them from now on left out.
    function _next(uint64 skip, uint64 count) private view returns (address[] memory list) {
        list = new address[](count);
        uint64 nonce = vm.getNonce(address(this)) + skip;
        for (uint64 i = 0; i < count; ++i) {
            list[i] = vm.computeCreateAddress(address(this), nonce + i);
        }
    }

    function vaults() internal virtual returns (address[] memory list) {
        list = new address[](1);
        list[0] = address(vault);
    }
}
