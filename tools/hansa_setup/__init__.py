"""What `make setup` does: a Python environment, a Kubernetes control plane, the chain's tools, the contracts' build.

Standard library only, because it runs before there is anything else.
"""
