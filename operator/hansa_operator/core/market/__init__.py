"""What providers offer, for how much, and how large their clusters are."""
