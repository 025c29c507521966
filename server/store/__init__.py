"""The database, SQLite or PostgreSQL, behind `ports.Store`.

Keeps who may come in and which rooms are open. Never a phone number (keyed hashes only), never a
consent, never a word of what is said.
"""
