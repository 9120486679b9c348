"""Store-and-forward: delivering, taking in, handling, comparing."""
