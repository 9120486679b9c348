"""Parameters changed by four eyes."""
