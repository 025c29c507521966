"""How cheap, how fast and how complete the media engine is, beside C, Janus and aiortc."""
