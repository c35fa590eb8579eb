"""What is done about each kind of key: one file for each that dispatch knows, and what they make."""
