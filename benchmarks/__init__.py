"""Figures: what is fast enough, measured side by side in one run."""
