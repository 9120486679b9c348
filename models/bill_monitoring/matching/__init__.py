"""Finding the stock customer behind a name and code on an overdue list."""
