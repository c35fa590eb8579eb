"""Runs one attempt on a provider's worker. Standard library only: it travels with the job as runner.pyz."""
