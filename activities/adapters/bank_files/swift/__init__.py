"""SWIFT statements read: MT940 and MT942, in envelopes or bare, as banks really write them."""
