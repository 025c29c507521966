"""`make demo`: a house of its own with a few synthetic members who talk, for one who looks alone.

Everything goes the way it goes for people: codes, knocks, admission, WebSocket and WebRTC. Voices
are made on this machine by a speech synthesiser, from dialogues written for this; nothing is
downloaded. The house has a folder of its own, which is deleted at the end; `var/` and `.env` are
not read.
"""
