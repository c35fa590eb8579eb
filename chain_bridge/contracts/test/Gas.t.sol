// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICreditLines} from "../src/interfaces/ICreditLines.sol";
import {Header} from "../src/libraries/Header.sol";
import {Rows} from "../src/libraries/Rows.sol";
import {Fixture} from "./Fixture.sol";

/// @title Gas of a settled batch, everything included
/// @notice Every call is a transaction of its own (isolate): the base of 21k, calldata and cold slots count. A batch is
/// measured twice: posted and finalized apart, and as a hub settles one epoch after another, with the payment of an
/// earlier batch in the transaction of the next post.
contract GasTest is Fixture {
    bytes32[] private debits;
    bytes32[] private credits;
    string private sizes;

    /// forge-config: default.isolate = true
    function test_1000_jobs_of_20_customers_and_10_payees_cost_at_most_380_gas_each() public {
        _open(20, 10);
        _apart();
        assertLe(_together(), 380 * 1000);
    }

    /// forge-config: default.isolate = true
    function test_10000_jobs_of_80_customers_and_40_payees_cost_at_most_115_gas_each() public {
        _open(80, 40);
        _apart();
        assertLe(_together(), 115 * 10_000);
    }

    /// forge-config: default.isolate = true
    function test_a_full_part_of_1000_rows_stays_below_16_million_gas_apart_and_together() public {
        _open(800, 200);
        (uint256 posting, uint256 finalizing) = _apart();
        assertLe(posting, 16_000_000);
        assertLe(finalizing, 16_000_000);
        assertLe(_together(), 16_000_000);
    }

    /// forge-config: default.isolate = true
    function test_a_line_opened_in_a_relayed_batch_of_20_costs_at_most_75k() public {
        ICreditLines.Line[] memory list = new ICreditLines.Line[](20);
        bytes[] memory signatures = new bytes[](20);
        for (uint256 i = 0; i < list.length; ++i) {
            Person memory who = person(string.concat("customer", vm.toString(i)));
            list[i] = lineOf(who.account, 10 * UNIT);
            signatures[i] = sign(who.key, list[i]);
        }
        assertEq(lines.openBatch(list, signatures), 20);
        uint256 gas = vm.lastCallGas().gasTotalUsed;
        vm.snapshotValue("a line of a relayed batch of 20", gas / 20);
        assertLe(gas, 75_000 * 20);
    }

    /// @dev A hub that has posted for days, whose parties have balances: what every later epoch costs.
    function _open(uint256 customers, uint256 payees) private {
        for (uint256 i = 0; i < customers; ++i) {
            Person memory who = customer(string.concat("customer", vm.toString(i)), 1000 * UNIT, 100 * UNIT);
            debits.push(Rows.pack(who.account, uint96(uint256(keccak256(abi.encode(i))) % UNIT + UNIT)));
        }
        for (uint256 i = 0; i < payees; ++i) {
            address payee = makeAddr(string.concat("payee", vm.toString(i)));
            fund(payee, UNIT);
            credits.push(Rows.pack(payee, uint96(uint256(keccak256(abi.encode(i))) % UNIT + UNIT / 10)));
        }
        fund(treasury, UNIT);
        (debits, credits) = (sorted(debits), sorted(credits));
        sizes = string.concat(vm.toString(customers), " customers, ", vm.toString(payees), " payees: ");
        vm.warp((currentEpoch() / 32 + 33) * 32 * E);
        for (uint256 i = 0; i < 33; ++i) {
            post(rows(Rows.accountOf(debits[0]), 1), rows());
        }
    }

    function _apart() private returns (uint256 posting, uint256 finalizing) {
        Header memory header = post(debits, credits);
        posting = vm.lastCallGas().gasTotalUsed;
        passWindow(header);
        settlement.finalize(header, credits);
        finalizing = vm.lastCallGas().gasTotalUsed;
        vm.snapshotValue(string.concat(sizes, "post"), posting);
        vm.snapshotValue(string.concat(sizes, "finalize"), finalizing);
    }

    function _together() private returns (uint256 gas) {
        Header memory earlier = post(debits, credits);
        passWindow(earlier);
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(settlement.finalize, (earlier, credits));
        calls[1] = abi.encodeCall(settlement.post, (argsOf(endEpoch(), 0, 1), debits, credits));
        vm.prank(hub);
        settlement.multicall(calls);
        gas = vm.lastCallGas().gasTotalUsed;
        vm.snapshotValue(string.concat(sizes, "post with an earlier payment"), gas);
    }
}
