"""The operator: watches the custom resources, decides, and acts on Ray, the store, the chain and Kubernetes."""
