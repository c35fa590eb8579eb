"""Units, identities, leaves, rows, Merkle trees, signed messages and batches: what every part of Hansa agrees on.

Pure: no network, no clock, no randomness. Solidity computes the same values; shared test vectors hold both together.
"""
