"""Check a hub's batch against the chain, without trusting the hub or the cluster."""
