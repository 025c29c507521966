"""Voice to captions to topics, of those who consented, in memory only. Never imports `server`."""
