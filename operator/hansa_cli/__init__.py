"""The `hansa` command: a development environment on one machine, and a customer's view of any hub."""
