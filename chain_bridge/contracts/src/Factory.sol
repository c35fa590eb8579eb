// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Factory
/// @notice Puts contracts at addresses that follow from who asks and a salt, and not from their code: so contracts that
/// fix each other's addresses in their constructors can be deployed, at the same addresses on every chain.
/// @dev A cradle is made by CREATE2 from code that never changes; what it creates first has an address that follows from
/// its own. The salt holds the sender, so nobody takes a place that another one waits for.
contract Factory {
    /// @notice keccak256 of the creation code, with its arguments, that a contract was made of; zero for all others.
    /// @dev A contract's own code tells nothing of what its constructor has written: this does, to whoever knows the code.
    mapping(address made => bytes32) public initCodeHashOf;

    /// @notice `made` was created for `sender` under `salt`.
    event Created(address indexed sender, bytes32 indexed salt, address made);

    /// @notice There is a contract for this sender and salt already.
    error PlaceTaken(address place);

    /// @notice Creates a contract; reverts with what its constructor reverts with.
    function create(bytes32 salt, bytes calldata initCode) external returns (address made) {
        made = addressOf(msg.sender, salt);
        if (made.code.length != 0) revert PlaceTaken(made);
        initCodeHashOf[made] = keccak256(initCode);
        emit Created(msg.sender, salt, made);
        // What it answers is `made`.
        // slither-disable-next-line unused-return
        new Cradle{salt: _salt(msg.sender, salt)}().fill(initCode);
    }

    /// @notice Where the contract of a sender and salt is, or would be.
    function addressOf(address sender, bytes32 salt) public view returns (address) {
        bytes32 code = keccak256(type(Cradle).creationCode);
        address cradle = _last20(abi.encodePacked(hex"ff", address(this), _salt(sender, salt), code));
        // RLP of (cradle, nonce 1), since contracts begin with nonce 1.
        return _last20(abi.encodePacked(hex"d694", cradle, hex"01"));
    }

    function _salt(address sender, bytes32 salt) private pure returns (bytes32) {
        return keccak256(abi.encode(sender, salt));
    }

    function _last20(bytes memory preimage) private pure returns (address) {
        return address(uint160(uint256(keccak256(preimage))));
    }
}

/// @title Cradle
/// @notice Creates one contract, for the factory that made it.
contract Cradle {
    address private immutable FACTORY = msg.sender;

    /// @notice Somebody else than its factory called.
    error NotTheFactory(address sender);

    /// @notice Creates the contract; reverts with what its constructor reverts with.
    function fill(bytes calldata initCode) external returns (address made) {
        if (msg.sender != FACTORY) revert NotTheFactory(msg.sender);
        bytes memory code = initCode;
        assembly ("memory-safe") {
            made := create(0, add(code, 0x20), mload(code))
            if iszero(made) {
                let reason := mload(0x40)
                returndatacopy(reason, 0, returndatasize())
                revert(reason, returndatasize())
            }
        }
    }
}
