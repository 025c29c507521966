"""The media engines, and the gate's side of them. Knows sessions and roles, no names."""
