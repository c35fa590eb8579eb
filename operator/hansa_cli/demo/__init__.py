"""The demonstration: six real jobs, and the proof that every payment is right to the wei."""
