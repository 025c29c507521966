"""The two ends of captions in the server: consent where audio leaves, and the gate's link."""
