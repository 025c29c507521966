"""The database: tables, SQL and migrations. The gate is its only writer."""
