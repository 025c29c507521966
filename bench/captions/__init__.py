"""What captions cost, how late they come and what they get right: `make bench-captions`."""
