"""Tests that share an environment. A package, so that pytest ends the environment with the last of them."""
