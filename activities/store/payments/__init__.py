"""SQL of payments."""
