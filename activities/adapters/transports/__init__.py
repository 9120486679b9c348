"""Transports to partner systems: NATS JetStream and signed HTTP."""
