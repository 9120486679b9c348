"""When things happen: durable, deterministic, and ignorant of how they are done."""
