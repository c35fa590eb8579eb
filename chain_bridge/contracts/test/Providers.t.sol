// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Providers} from "../src/Providers.sol";
import {Vault} from "../src/Vault.sol";
import {IBonds} from "../src/interfaces/IBonds.sol";
import {IProviders} from "../src/interfaces/IProviders.sol";
import {Schedule} from "../src/libraries/Schedule.sol";
import {Fixture} from "./Fixture.sol";
import {OddToken} from "./OddToken.sol";

contract ProvidersTest is Fixture {
    address private north = makeAddr("north");
    address private key = makeAddr("receipt key");

    function setUp() public override {
        super.setUp();
        token.mint(north, 100);
        vm.prank(north);
        token.approve(address(providers), 100);
    }

    function test_a_provider_registers_with_a_key_and_a_bond_in_the_vaults_custody() public {
        _register(40);
        (uint256 bonded, uint256 leaving,) = providers.bondOf(north, address(vault));
        assertEq(bonded, 40);
        assertEq(leaving, 0);
        assertEq(vault.custodyOf(address(providers)), 40);
        assertEq(providers.receiptKeyOf(north, currentEpoch()), key);
        assertEq(providers.receiptKeyOf(north, currentEpoch() - 1), address(0));
        assertTrue(providers.isRegistered(north));
    }

    function test_a_provider_registers_once_with_a_key_and_in_a_known_vault() public {
        _register(0);
        vm.startPrank(north);
        vm.expectRevert(abi.encodeWithSelector(IProviders.AlreadyRegistered.selector, north));
        providers.register(address(vault), 0, key);
        vm.startPrank(anyone);
        vm.expectRevert(IProviders.ZeroReceiptKey.selector);
        providers.register(address(vault), 0, address(0));
        vm.expectRevert(abi.encodeWithSelector(IBonds.UnknownVault.selector, anyone));
        providers.register(anyone, 1, key);
    }

    /// @dev A tenth is lost on the way into the register, and a tenth of the rest on the way into the vault.
    function test_a_bond_in_a_token_with_a_fee_on_transfer_is_what_came_in() public {
        OddToken odd = new OddToken(true);
        address[] memory vaults = new address[](1);
        vaults[0] = address(new Vault(address(odd), address(lines), D));
        Providers register = new Providers(E, N, U, vaults, address(disputes));
        odd.mint(north, 1000);
        vm.startPrank(north);
        odd.approve(address(register), 1000);
        register.register(vaults[0], 1000, key);
        (uint256 bonded,,) = register.bondOf(north, vaults[0]);
        assertEq(bonded, 810);
        assertEq(Vault(vaults[0]).custodyOf(address(register)), 810);
        assertEq(odd.balanceOf(vaults[0]), 810);
        assertEq(odd.balanceOf(address(register)), 0);
    }

    function test_anybody_adds_to_a_registered_providers_bond() public {
        token.mint(anyone, 5);
        vm.startPrank(anyone);
        token.approve(address(providers), 5);
        vm.expectRevert(abi.encodeWithSelector(IProviders.NotRegistered.selector, north));
        providers.topUp(address(vault), north, 5);
        _register(40);
        vm.startPrank(anyone);
        vm.expectRevert(IBonds.ZeroBond.selector);
        providers.topUp(address(vault), north, 0);
        vm.expectEmit(address(providers));
        emit IBonds.BondDeposited(north, address(vault), anyone, 5);
        providers.topUp(address(vault), north, 5);
        (uint256 bonded,,) = providers.bondOf(north, address(vault));
        assertEq(bonded, 45);
    }

    function test_a_leaving_bond_stays_bonded_until_it_is_really_out() public {
        _register(40);
        vm.startPrank(north);
        uint256 availableAt = block.timestamp + U;
        providers.requestUnbond(address(vault), 30);
        vm.warp(availableAt - 1);
        vm.expectRevert(abi.encodeWithSelector(IBonds.UnbondTooEarly.selector, availableAt, availableAt - 1));
        providers.unbond(address(vault));
        vm.warp(availableAt + 1000);
        (uint256 bonded, uint256 leaving,) = providers.bondOf(north, address(vault));
        assertEq(bonded, 40);
        assertEq(leaving, 30);
        providers.unbond(address(vault));
        (bonded, leaving,) = providers.bondOf(north, address(vault));
        assertEq(bonded, 10);
        assertEq(leaving, 0);
        assertEq(vault.balanceOf(north), 30);
        assertEq(vault.custodyOf(address(providers)), 10);
        vm.expectRevert(abi.encodeWithSelector(IBonds.NoUnbondPending.selector, north, address(vault)));
        providers.unbond(address(vault));
    }

    function test_a_request_to_leave_needs_the_bond_and_is_the_only_one() public {
        _register(40);
        vm.startPrank(north);
        vm.expectRevert(IBonds.ZeroBond.selector);
        providers.requestUnbond(address(vault), 0);
        vm.expectRevert(abi.encodeWithSelector(IBonds.InsufficientBond.selector, north, address(vault), 41, 40));
        providers.requestUnbond(address(vault), 41);
        providers.requestUnbond(address(vault), 1);
        vm.expectRevert(abi.encodeWithSelector(IBonds.UnbondPending.selector, 1, block.timestamp + U));
        providers.requestUnbond(address(vault), 1);
        providers.cancelUnbond(address(vault));
        vm.expectRevert(abi.encodeWithSelector(IBonds.NoUnbondPending.selector, north, address(vault)));
        providers.cancelUnbond(address(vault));
        providers.requestUnbond(address(vault), 40);
    }

    function test_a_new_key_signs_after_the_notice_and_old_epochs_keep_theirs() public {
        _register(0);
        uint64 first = currentEpoch();
        vm.startPrank(north);
        providers.setReceiptKey(anyone);
        uint64 from = uint64((block.timestamp + N + E - 1) / E);
        assertEq(providers.receiptKeyOf(north, from - 1), key);
        assertEq(providers.receiptKeyOf(north, from), anyone);
        vm.expectRevert(abi.encodeWithSelector(IProviders.ReceiptKeyChangePending.selector, anyone, from));
        providers.setReceiptKey(key);
        vm.warp(from * E);
        providers.setReceiptKey(treasury);
        assertEq(providers.receiptKeyOf(north, first), key);
        assertEq(providers.receiptKeyOf(north, from), anyone);
        vm.startPrank(anyone);
        vm.expectRevert(abi.encodeWithSelector(IProviders.NotRegistered.selector, anyone));
        providers.setReceiptKey(key);
    }

    function test_times_of_nothing_are_refused() public {
        vm.expectRevert(abi.encodeWithSelector(Schedule.TimeTooShort.selector, bytes32("epoch"), 0, 1));
        new Providers(0, N, U, new address[](0), address(0));
        vm.expectRevert(abi.encodeWithSelector(Schedule.TimeTooShort.selector, bytes32("notice"), 0, 1));
        new Providers(E, 0, U, new address[](0), address(0));
        vm.expectRevert(abi.encodeWithSelector(Schedule.TimeTooShort.selector, bytes32("unbonding"), 0, 1));
        new Providers(E, N, 0, new address[](0), address(0));
    }

    function _register(uint256 amount) private {
        vm.startPrank(north);
        providers.register(address(vault), amount, key);
        vm.stopPrank();
    }
}
