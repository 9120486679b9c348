"""What users read: templates, and the message catalogue in every language of the house."""
