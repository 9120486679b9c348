"""SQL of store-and-forward."""
