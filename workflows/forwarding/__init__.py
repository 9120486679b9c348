"""Store-and-forward: one forwarder and one reader for each partner system, and a daily comparison."""
