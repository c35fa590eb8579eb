"""What reconciling an AIJob is made of: gathered, told apart, acted on."""
