"""What the house knows: values, rules and messages. Pure: no I/O, no clock, no randomness."""
