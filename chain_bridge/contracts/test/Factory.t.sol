// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {Cradle, Factory} from "../src/Factory.sol";
import {Services} from "../src/Services.sol";
import {IServices} from "../src/interfaces/IServices.sol";

contract FactoryTest is Test {
    Factory private factory = new Factory();
    bytes private code = abi.encodePacked(type(Services).creationCode, abi.encode(uint16(3000)));

    function test_a_contract_is_where_the_factory_said_before(bytes32 salt, address sender) public {
        vm.assume(sender != address(vm));
        address expected = factory.addressOf(sender, salt);
        assertEq(expected.code.length, 0);
        vm.prank(sender);
        assertEq(factory.create(salt, code), expected);
        assertEq(Services(expected).maxRoyaltyBps(), 3000);
    }

    function test_the_factory_says_what_code_and_arguments_a_contract_was_made_of_and_nothing_of_others() public {
        assertEq(factory.initCodeHashOf(factory.addressOf(address(this), bytes32(0))), 0);
        assertEq(factory.initCodeHashOf(factory.create(bytes32(0), code)), keccak256(code));
        assertEq(factory.initCodeHashOf(address(new Services(3000))), 0);
    }

    /// @dev A place whose contract is gone again stays empty: what the factory says of it was never another contract's.
    function test_a_place_is_taken_once_even_by_what_destroys_itself() public {
        bytes memory gone = hex"33ff";
        address place = factory.create(bytes32(0), gone);
        assertEq(place.code.length, 0);
        vm.expectRevert();
        factory.create{gas: 10_000_000}(bytes32(0), code);
        assertEq(factory.initCodeHashOf(place), keccak256(gone));
    }

    function test_an_address_does_not_follow_from_the_code(bytes32 salt) public {
        address before = factory.addressOf(address(this), salt);
        bytes memory other = abi.encodePacked(type(Services).creationCode, abi.encode(uint16(1)));
        assertEq(factory.create(salt, other), before);
    }

    function test_nobody_takes_the_place_of_another_sender(bytes32 salt, address thief) public {
        vm.assume(thief != address(this) && thief != address(vm));
        address mine = factory.addressOf(address(this), salt);
        vm.prank(thief);
        assertNotEq(factory.create(salt, code), mine);
        assertEq(factory.create(salt, code), mine);
    }

    function test_a_place_is_taken_once() public {
        address made = factory.create(bytes32(0), code);
        vm.expectRevert(abi.encodeWithSelector(Factory.PlaceTaken.selector, made));
        factory.create(bytes32(0), code);
    }

    function test_a_constructors_refusal_comes_through_and_leaves_the_place_free() public {
        bytes memory bad = abi.encodePacked(type(Services).creationCode, abi.encode(uint16(5001)));
        vm.expectRevert(abi.encodeWithSelector(IServices.RoyaltyTooHigh.selector, 5001, 5000));
        factory.create(bytes32(0), bad);
        factory.create(bytes32(0), code);
    }

    function test_a_cradle_serves_its_factory_only() public {
        Cradle cradle = new Cradle();
        vm.prank(address(0xbad));
        vm.expectRevert(abi.encodeWithSelector(Cradle.NotTheFactory.selector, address(0xbad)));
        cradle.fill(code);
    }
}
