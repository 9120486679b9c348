"""Parameters that the house changes without a deploy, each set with a name, defaults and checks."""
