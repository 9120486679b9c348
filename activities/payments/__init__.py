"""What payment workflows ask to be done."""
