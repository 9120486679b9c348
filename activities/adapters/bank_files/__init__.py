"""Bank files read and written: ISO 20022 XML, SWIFT MT, and tables that profiles describe."""
