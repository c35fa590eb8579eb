// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @dev What is used of forge's cheat codes; without forge-std this file is compiled within a second.
interface Vm {
    function warp(uint256 time) external;
    function roll(uint256 number) external;
    function prank(address sender) external;
    function envString(string calldata name) external view returns (string memory);
    function envUint(string calldata name) external view returns (uint256);
    function toString(uint256 value) external pure returns (string memory);
    function toString(bytes calldata value) external pure returns (string memory);
    function readFileBinary(string calldata path) external view returns (bytes memory);
    function writeLine(string calldata path, string calldata line) external;
}

/// @title Plays histories that a model wrote, and notes every call whose outcome is not the model's
/// @notice tests/model writes the files and reads the notes. A history is played in a call that reverts at its end, so
/// that the next one begins where this one did.
contract Player {
    enum Mode {
        Succeeds,
        Returns,
        Reverts
    }

    struct Step {
        uint64 time;
        uint64 number;
        address sender;
        address target;
        bytes data;
        Mode mode;
        bytes expected;
    }

    error Played(uint256 step, bytes outcome);
    error NotCreated(uint256 index, address expected, address actual);
    error NotPrepared(uint256 step, bytes outcome);

    Vm private constant VM = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
    uint256 private constant ALL = type(uint256).max;

    string private _folder;

    function setUp() external {
        _folder = VM.envString("HANSA_HISTORIES");
        (bytes[] memory codes, address[] memory places, Step[] memory calls) =
            abi.decode(VM.readFileBinary(string.concat(_folder, "/site")), (bytes[], address[], Step[]));
        for (uint256 i = 0; i < codes.length; ++i) {
            address created = _create(codes[i]);
            if (created != places[i]) revert NotCreated(i, places[i], created);
        }
        for (uint256 i = 0; i < calls.length; ++i) {
            (bool same, bytes memory outcome) = _play(calls[i]);
            if (!same) revert NotPrepared(i, outcome);
        }
    }

    function test_everyCallEndsAsTheModelSays() external {
        uint256 count = VM.envUint("HANSA_HISTORY_COUNT");
        for (uint256 i = 0; i < count; ++i) {
            (, bytes memory result) = address(this).call(abi.encodeCall(this.play, (i)));
            _note(i, result);
        }
        VM.writeLine(string.concat(_folder, "/notes"), "done");
    }

    /// @notice Always reverts: with the first step that ended otherwise, or ALL.
    function play(uint256 history) external {
        bytes memory file = VM.readFileBinary(string.concat(_folder, "/", VM.toString(history)));
        Step[] memory steps = abi.decode(file, (Step[]));
        for (uint256 i = 0; i < steps.length; ++i) {
            (bool same, bytes memory outcome) = _play(steps[i]);
            if (!same) revert Played(i, outcome);
        }
        revert Played(ALL, "");
    }

    function _note(uint256 history, bytes memory result) private {
        if (keccak256(result) == keccak256(abi.encodeWithSelector(Played.selector, ALL, bytes("")))) return;
        string memory line = string.concat(VM.toString(history), " ", VM.toString(result));
        VM.writeLine(string.concat(_folder, "/notes"), line);
    }

    function _play(Step memory step) private returns (bool same, bytes memory outcome) {
        VM.warp(step.time);
        VM.roll(step.number);
        if (step.sender != address(0)) VM.prank(step.sender);
        bool success;
        (success, outcome) = step.target.call(step.data);
        if (success == (step.mode == Mode.Reverts)) return (false, outcome);
        same = step.mode == Mode.Succeeds || keccak256(outcome) == keccak256(step.expected);
    }

    function _create(bytes memory code) private returns (address created) {
        assembly {
            created := create(0, add(code, 32), mload(code))
        }
    }
}
