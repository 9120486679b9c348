"""Bank files: what they say, as values; the rules that check them; the profiles that describe them."""
