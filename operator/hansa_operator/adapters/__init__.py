"""The modules that do input and output, one folder for each thing outside."""
