"""The custom resources of hansa.dev/v1alpha1: models, and the schemas that the API server holds them to."""
