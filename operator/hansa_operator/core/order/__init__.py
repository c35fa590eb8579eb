"""What a customer signs of a job, and what that means."""
