"""Pre-approval: asking outside, gathering facts, deciding by tables, looking once more later."""
