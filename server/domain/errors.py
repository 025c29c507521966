"""Why the rules refuse. `server/web/errors.py` is the one place that maps these to the wire."""

from __future__ import annotations


class MasilError(Exception):
    """The root of every refusal that a person may see."""


class BadNumberError(MasilError):
    """Not a phone number."""


class BadNameError(MasilError):
    """A name is empty or too long."""


class BadTitleError(MasilError):
    """A room's title is empty or too long."""


class CodeWrongError(MasilError):
    """The sign-in code does not match."""


class CodeExpiredError(MasilError):
    """The sign-in code is too old, used, or was never asked for."""


class CodeTriesExhaustedError(MasilError):
    """The sign-in code was guessed at too often."""


class CodeTooOftenError(MasilError):
    """Too many codes were asked for."""


class CodeNotSentError(MasilError):
    """The sender of codes failed."""

    def __init__(self, why: str = "", *, maybe_sent: bool = False) -> None:
        super().__init__(why)
        self.maybe_sent = maybe_sent
        """Nobody answered whether it was sent: it may cost money and arrive all the same."""


class BadFounderLinkError(MasilError):
    """The founder's link is not, or no longer, valid."""


class BannedError(MasilError):
    """This number may not come in any more."""


class PasskeysUnavailableError(MasilError):
    """The house's address is none that passkeys can be bound to."""


class PasskeyExpiredError(MasilError):
    """The challenge is too old, was used, or is none of ours."""


class PasskeyTooOftenError(MasilError):
    """Too many sign-ins by passkey from this address."""


class PasskeyInvalidError(MasilError):
    """What the authenticator sent does not prove what it should."""


class PasskeyUnknownError(MasilError):
    """No account has this passkey (any more)."""


class PasskeyClonedError(MasilError):
    """The passkey's counter went backwards: there may be a copy of it."""


class PasskeysFullError(MasilError):
    """More passkeys than one member may have."""


class PasskeyKnownError(MasilError):
    """This passkey is kept already."""


class AnotherAccountError(MasilError):
    """The page speaks of another account than the one that is signed in."""


class NotAdminError(MasilError):
    """Only admins of the house may do this."""


class InviteUnknownError(MasilError):
    """There is no such invitation."""


class InviteUsedError(MasilError):
    """Somebody came in with this invitation already."""


class InviteExpiredError(MasilError):
    """The invitation is too old."""


class InviteRevokedError(MasilError):
    """Whoever gave the invitation took it back."""


class NoInvitesLeftError(MasilError):
    """The member has given all invitations that he has."""


class BadMailAddressError(MasilError):
    """Not an e-mail address."""


class MailNotSentError(MasilError):
    """The e-mail could not be handed over."""


class MailTooOftenError(MasilError):
    """Too many e-mails in a day."""


class NoSuchMemberError(MasilError):
    """Nobody here has this id, or he is not to be seen."""


class NoSuchReportError(MasilError):
    """There is no such report."""


class BadStatementError(MasilError):
    """A report's statement is too long."""


class BadBioError(MasilError):
    """A bio is too long."""


class PeopleFullError(MasilError):
    """More people followed, or blocked, than one member may."""


class ProfilesTooOftenError(MasilError):
    """More profiles opened than one member may in a day."""


class ReportedTooOftenError(MasilError):
    """More reports than one member may write in a day."""


class NotSignedInError(MasilError):
    """No live session."""


class NotAdmittedError(MasilError):
    """The person still waits at the door."""


class KnockClosedError(MasilError):
    """The knock was answered, withdrawn or has expired."""


class NotAskedError(MasilError):
    """This member was not asked about this newcomer."""


class ContactsFullError(MasilError):
    """More contacts than one member may keep or add in a day."""


class RoomNotFoundError(MasilError):
    """No such room, or it has ended."""


class RoomPrivateError(MasilError):
    """The room is social or closed, and not open to this person."""


class PingsTooOftenError(MasilError):
    """Too many people were asked in within an hour."""


class RoomFullError(MasilError):
    """The room or the server is full."""


class StageFullError(MasilError):
    """No seat is free on stage."""


class NotInRoomError(MasilError):
    """The actor is not in the room."""


class NoSuchParticipantError(MasilError):
    """The person the command is about is not in the room."""


class NotModeratorError(MasilError):
    """Only moderators may do this."""


class NotOnStageError(MasilError):
    """Only people on stage may do this."""


class WrongStateError(MasilError):
    """The command does not fit the state."""


class TooFastError(MasilError):
    """More reactions or lines than one person may send in a short time."""


class BadLineError(MasilError):
    """A written line is empty or too long."""


class ChatOffError(MasilError):
    """The chat of this room is switched off."""


class CaptionsOffError(MasilError):
    """Captions are off in this room."""


class CaptionsUnavailableError(MasilError):
    """The analysis process is away or has no model."""


class MediaUnavailableError(MasilError):
    """The media process is away."""


class SdpTooLargeError(MasilError):
    """A session description beyond the limits."""


class SdpInvalidError(MasilError):
    """A session description that does not answer the offer."""


class StoreUnavailableError(MasilError):
    """The database cannot be read or written now."""


class BadPushEndpointError(MasilError):
    """Not an address or a key that a push service or a browser can have."""


class RoomLockedError(MasilError):
    """The room takes nobody new."""


class BannedFromRoomError(MasilError):
    """A moderator banned this person from the room."""


class HeldMuteError(MasilError):
    """A moderator muted this speaker; a moderator has to allow him to unmute."""


class RoomBansFullError(MasilError):
    """More people banned from one room than one list may hold."""


class NoSuchScheduledError(MasilError):
    """No such scheduled room, or it is not for whoever asks."""


class BadTimeError(MasilError):
    """A time that is over, or too far ahead."""


class ScheduleFullError(MasilError):
    """More scheduled rooms than one member, or the house, may have."""


class TooEarlyError(MasilError):
    """A scheduled room opens a quarter of an hour before its time at most."""
