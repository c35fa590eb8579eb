"""What runs on a provider's side: the runner around a job's program, and the agent that vouches for it."""
