"""Applications: captured with validation, checked, decided, offered."""
