"""One file a command: read the arguments, call what does the work, show the outcome."""
