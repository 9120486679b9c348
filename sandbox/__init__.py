"""The outside world, played for demo and tests. It shares no code with the engine."""
