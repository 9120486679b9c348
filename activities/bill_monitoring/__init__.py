"""Bill monitoring's steps, done."""
