"""A bill exchange's disclosure site, generated from a seed and able to misbehave."""
