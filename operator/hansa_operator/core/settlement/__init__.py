"""What becomes of a sealed batch on chain, and the hub that stands for it."""
