"""The rules of the house: pure functions on frozen dataclasses.

No I/O, no clock, no randomness, no logging: the time and fresh ids come in as arguments.
"""
