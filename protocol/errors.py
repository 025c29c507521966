"""The stable error codes that programs may act on; the `message` beside them is for people."""

from __future__ import annotations

from enum import Enum


class ErrorCode(Enum):
    """Why a request was refused. Codes are never renamed or reused."""

    # The message itself
    BAD_MESSAGE = "bad_message"
    """Not a message of this protocol: not JSON, an unknown type, a missing or ill-typed field."""
    MESSAGE_TOO_LARGE = "message_too_large"
    """More than 64 KiB in one message or request body."""
    RATE_LIMITED = "rate_limited"
    """Too many messages in too short a time; try again later."""
    BAD_ORIGIN = "bad_origin"
    """The WebSocket was opened from a page that is not ours."""
    NOT_FOUND = "not_found"
    """No such address."""

    # Sign-in
    NOT_SIGNED_IN = "not_signed_in"
    """No session, or one that was ended."""
    BAD_NUMBER = "bad_number"
    """Not a phone number that exists in its country's numbering plan."""
    BAD_NAME = "bad_name"
    """A name is empty or longer than 40 characters."""
    CODE_WRONG = "code_wrong"
    """The code does not match; some tries are left."""
    CODE_EXPIRED = "code_expired"
    """The code is older than 10 minutes, was used, or was never asked for."""
    CODE_TRIES_EXHAUSTED = "code_tries_exhausted"
    """Five wrong codes; ask for a new one."""
    CODE_TOO_OFTEN = "code_too_often"
    """Too many codes were asked for this number, from this network, or in this house today."""
    CODE_NOT_SENT = "code_not_sent"
    """The sender of codes (SMS) failed; nothing was counted against the number."""
    BAD_FOUNDER_LINK = "bad_founder_link"
    """The founder's link was used already or was replaced by a newer one."""

    BANNED = "banned"
    """This number was banned by an admin of the house."""

    # Passkeys and the own account
    PASSKEYS_UNAVAILABLE = "passkeys_unavailable"
    """Passkeys need https and a name, or localhost; this house has neither."""
    PASSKEY_EXPIRED = "passkey_expired"
    """The challenge is older than ten minutes or was used; ask for a new one."""
    PASSKEY_INVALID = "passkey_invalid"
    """What the passkey signed does not prove what it should."""
    PASSKEY_UNKNOWN = "passkey_unknown"
    """No account has this passkey (any more)."""
    PASSKEY_CLONED = "passkey_cloned"
    """The passkey's counter went backwards, so there may be a copy of it: sign in by code."""
    PASSKEYS_FULL = "passkeys_full"
    """More than 10 passkeys."""
    PASSKEY_KNOWN = "passkey_known"
    """This passkey is kept already."""
    ANOTHER_ACCOUNT = "another_account"
    """Somebody else has signed in to this browser since the page was opened; reload it."""

    # Admission
    NOT_ADMITTED = "not_admitted"
    """Only members may do this, and this person still waits to be let in."""
    KNOCK_CLOSED = "knock_closed"
    """This newcomer was let in by somebody else, withdrew, or the knock expired."""
    NOT_ASKED = "not_asked"
    """Only a member who holds the newcomer's number may answer the knock."""
    CONTACTS_FULL = "contacts_full"
    """More than 5,000 contacts, or more than 1,000 new ones in a day."""

    # Invitations
    INVITE_UNKNOWN = "invite_unknown"
    """There is no such invitation: the link is damaged, or whoever gave it is gone."""
    INVITE_USED = "invite_used"
    """Somebody came in with this invitation already."""
    INVITE_EXPIRED = "invite_expired"
    """The invitation is too old."""
    INVITE_REVOKED = "invite_revoked"
    """Whoever gave the invitation took it back."""
    NO_INVITES_LEFT = "no_invites_left"
    """The member has given all invitations that he has."""
    BAD_MAIL_ADDRESS = "bad_mail_address"
    """Not an e-mail address."""
    MAIL_NOT_SENT = "mail_not_sent"
    """The e-mail could not be handed over, or this house sends none; nothing was given away."""
    MAIL_TOO_OFTEN = "mail_too_often"
    """More than ten e-mails in a day."""

    # The house
    NOT_ADMIN = "not_admin"
    """Only admins of the house may do this."""
    NO_SUCH_MEMBER = "no_such_member"
    """Nobody has this id, or he is not to be seen by whoever asks."""
    NO_SUCH_REPORT = "no_such_report"
    """There is no such report."""
    BAD_STATEMENT = "bad_statement"
    """A report's statement is longer than 1,000 characters."""
    BAD_BIO = "bad_bio"
    """A bio is longer than 160 characters."""
    PEOPLE_FULL = "people_full"
    """More than 5,000 people followed, or more than 5,000 blocked."""
    PROFILES_TOO_OFTEN = "profiles_too_often"
    """More than 500 profiles of others opened in a day."""
    REPORTED_TOO_OFTEN = "reported_too_often"
    """More than 10 reports in a day."""

    # Rooms
    BAD_TITLE = "bad_title"
    """A room's title is empty or longer than 80 characters."""
    ROOM_NOT_FOUND = "room_not_found"
    """No such room, or it has ended."""
    ROOM_FULL = "room_full"
    """The room, or the number of rooms, has reached this server's limit."""
    NOT_IN_ROOM = "not_in_room"
    """The command is for people in a room, and this connection is in none."""
    NO_SUCH_PARTICIPANT = "no_such_participant"
    """The person the command is about is not in the room."""
    NOT_MODERATOR = "not_moderator"
    """Only a moderator may do this."""
    NOT_ON_STAGE = "not_on_stage"
    """Only people on stage may do this."""
    WRONG_STATE = "wrong_state"
    """The command does not fit the state: for example a hand raised on stage."""
    STAGE_FULL = "stage_full"
    """No seat is free on stage."""
    REPLACED = "replaced"
    """The same person entered from another device or tab; this one was let go."""

    # Media
    SDP_TOO_LARGE = "sdp_too_large"
    """A session description over 64 KiB or with more than 32 candidates."""
    SDP_INVALID = "sdp_invalid"
    """A session description that does not answer our offer."""
    MEDIA_UNAVAILABLE = "media_unavailable"
    """The media process is being restarted; the page asks again by itself."""

    # Captions
    CAPTIONS_OFF = "captions_off"
    """Captions are not on in this room, so there is nothing to consent to."""
    CAPTIONS_UNAVAILABLE = "captions_unavailable"
    """No speech model can be loaded, or the analysis process is away."""

    # Push
    BAD_PUSH_ENDPOINT = "bad_push_endpoint"
    """Not the address of a public push service, or not a browser's key."""

    # The server
    UNAVAILABLE = "unavailable"
    """The database cannot be written now; nothing was changed."""
    INTERNAL = "internal"
    """A fault of ours; it was logged."""
