"""Chooses the implementations and puts the processes together; the only package that does."""
