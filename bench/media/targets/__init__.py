"""The servers under load: how each is started and how a client joins it."""
