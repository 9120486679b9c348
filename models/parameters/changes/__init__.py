"""Changes of parameters by four eyes: their messages, what differs, and what they would have done."""
