"""What a customer's line allows."""
