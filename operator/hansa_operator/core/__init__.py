"""Pure decisions: values in, values out; time and randomness come in as values."""
