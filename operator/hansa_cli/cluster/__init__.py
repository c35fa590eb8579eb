"""The Kubernetes API as the command line uses it: read, apply, delete and wait, over plain HTTP."""
