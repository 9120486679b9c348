"""All SQL of the house: tables, migrations, and one module of queries for each room."""
