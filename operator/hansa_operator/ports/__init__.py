"""What the operator needs of the outside world: value types and Protocols, no I/O."""
