"""The kinds of id; all opaque, all made by the services."""

from __future__ import annotations

from typing import NewType

MemberId = NewType("MemberId", str)
"""A person with an account, admitted or still waiting."""
RoomId = NewType("RoomId", str)
ScheduledId = NewType("ScheduledId", str)
"""A room that is planned; once it is opened it has a `RoomId` besides."""
KnockId = NewType("KnockId", str)
InviteId = NewType("InviteId", str)
ReportId = NewType("ReportId", str)
SessionId = NewType("SessionId", str)
"""One sign-in of one browser, named so that its owner can end it; never its token."""
PasskeyId = NewType("PasskeyId", str)
"""One passkey, named so that its owner can take it away."""
CredentialId = NewType("CredentialId", bytes)
"""What the authenticator calls its key (WebAuthn §4)."""
ContactId = NewType("ContactId", str)
"""One uploaded number of one member: the first half of its hash, in hex."""
MediaId = NewType("MediaId", str)
"""One PeerConnection of one person in one room."""
TapId = NewType("TapId", int)
"""One consent of one speaker in one room; never used again (uint32)."""
Csrc = NewType("Csrc", int)
"""The number that names a voice in RTP, unique in its room (uint32, not 0)."""
NumberHash = NewType("NumberHash", bytes)
"""HMAC of a member's own number, by which he is found when he signs in."""
ContactHash = NewType("ContactHash", bytes)
"""HMAC of (member, number): which member holds which number."""
