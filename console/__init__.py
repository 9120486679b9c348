"""Pages for people; every button is one workflow update."""
