"""Store-and-forward: what another system cannot take now is kept and delivered in order later."""
