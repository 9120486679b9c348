"""What the house needs of the outside, in its own words; adapters fulfil it."""
