"""Overdue commercial-bill monitoring: what the risk desk knows about lists, acceptors and customers."""
