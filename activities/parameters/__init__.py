"""Parameters changed by four eyes: entered, previewed, brought into force."""
