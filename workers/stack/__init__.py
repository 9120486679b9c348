"""The embedded stack: PostgreSQL, Temporal, the sandbox and our own workers as child processes."""
