"""The agent of a provider: it vouches for what ran on its machines, and ships logs and results to the hub."""
