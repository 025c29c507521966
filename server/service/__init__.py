"""The use-cases: load → domain → save → publish. Knows ports, never implementations."""
