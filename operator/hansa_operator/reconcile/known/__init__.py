"""What is known without asking: from the API server, the ledger, the agents, and the chain."""
