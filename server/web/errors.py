"""The one mapping: refusal → stable code, HTTP status and a sentence for people."""

from __future__ import annotations

from protocol.errors import ErrorCode
from server.domain import errors

CODE_OF: dict[type[errors.MasilError], ErrorCode] = {
    errors.BadNumberError: ErrorCode.BAD_NUMBER,
    errors.BadNameError: ErrorCode.BAD_NAME,
    errors.BadTitleError: ErrorCode.BAD_TITLE,
    errors.CodeWrongError: ErrorCode.CODE_WRONG,
    errors.CodeExpiredError: ErrorCode.CODE_EXPIRED,
    errors.CodeTriesExhaustedError: ErrorCode.CODE_TRIES_EXHAUSTED,
    errors.CodeTooOftenError: ErrorCode.CODE_TOO_OFTEN,
    errors.CodeNotSentError: ErrorCode.CODE_NOT_SENT,
    errors.BadFounderLinkError: ErrorCode.BAD_FOUNDER_LINK,
    errors.BannedError: ErrorCode.BANNED,
    errors.NotAdminError: ErrorCode.NOT_ADMIN,
    errors.NoSuchMemberError: ErrorCode.NO_SUCH_MEMBER,
    errors.NoSuchReportError: ErrorCode.NO_SUCH_REPORT,
    errors.BadStatementError: ErrorCode.BAD_STATEMENT,
    errors.NotSignedInError: ErrorCode.NOT_SIGNED_IN,
    errors.NotAdmittedError: ErrorCode.NOT_ADMITTED,
    errors.KnockClosedError: ErrorCode.KNOCK_CLOSED,
    errors.NotAskedError: ErrorCode.NOT_ASKED,
    errors.ContactsFullError: ErrorCode.CONTACTS_FULL,
    errors.RoomNotFoundError: ErrorCode.ROOM_NOT_FOUND,
    errors.RoomFullError: ErrorCode.ROOM_FULL,
    errors.StageFullError: ErrorCode.STAGE_FULL,
    errors.NotInRoomError: ErrorCode.NOT_IN_ROOM,
    errors.NoSuchParticipantError: ErrorCode.NO_SUCH_PARTICIPANT,
    errors.NotModeratorError: ErrorCode.NOT_MODERATOR,
    errors.NotOnStageError: ErrorCode.NOT_ON_STAGE,
    errors.WrongStateError: ErrorCode.WRONG_STATE,
    errors.CaptionsOffError: ErrorCode.CAPTIONS_OFF,
    errors.CaptionsUnavailableError: ErrorCode.CAPTIONS_UNAVAILABLE,
    errors.MediaUnavailableError: ErrorCode.MEDIA_UNAVAILABLE,
    errors.SdpTooLargeError: ErrorCode.SDP_TOO_LARGE,
    errors.SdpInvalidError: ErrorCode.SDP_INVALID,
    errors.BadPushEndpointError: ErrorCode.BAD_PUSH_ENDPOINT,
    errors.StoreUnavailableError: ErrorCode.UNAVAILABLE,
}

MESSAGE: dict[ErrorCode, str] = {
    ErrorCode.BAD_MESSAGE: "This is not a message that the server understands.",
    ErrorCode.MESSAGE_TOO_LARGE: "The message is larger than 64 KiB.",
    ErrorCode.RATE_LIMITED: "Too many messages; wait a moment.",
    ErrorCode.BAD_ORIGIN: "The page was opened at another address than the server expects.",
    ErrorCode.NOT_FOUND: "There is nothing at this address.",
    ErrorCode.NOT_SIGNED_IN: "Sign in first.",
    ErrorCode.BAD_NUMBER: "This is not a phone number.",
    ErrorCode.BAD_NAME: "A name has 1 to 40 characters.",
    ErrorCode.CODE_WRONG: "The code does not match.",
    ErrorCode.CODE_EXPIRED: "The code is no longer valid; ask for a new one.",
    ErrorCode.CODE_TRIES_EXHAUSTED: "Too many wrong codes; ask for a new one.",
    ErrorCode.CODE_TOO_OFTEN: "Too many codes were asked for; try again later.",
    ErrorCode.CODE_NOT_SENT: "The code could not be sent; try again later.",
    ErrorCode.BAD_FOUNDER_LINK: "The founder's link was used already or was replaced.",
    ErrorCode.BANNED: "This number may not come in.",
    ErrorCode.NOT_ADMIN: "Only admins of the house may do this.",
    ErrorCode.NO_SUCH_MEMBER: "There is no such member.",
    ErrorCode.NO_SUCH_REPORT: "There is no such report.",
    ErrorCode.BAD_STATEMENT: "A statement has at most 1,000 characters.",
    ErrorCode.NOT_ADMITTED: "You have not been let in yet.",
    ErrorCode.KNOCK_CLOSED: "This newcomer was let in already or does not wait any more.",
    ErrorCode.NOT_ASKED: "Only a member who has the newcomer's number may answer.",
    ErrorCode.CONTACTS_FULL: "No more than 5,000 contacts, and 1,000 new ones a day.",
    ErrorCode.BAD_TITLE: "A title has 1 to 80 characters.",
    ErrorCode.ROOM_NOT_FOUND: "There is no such room, or it is over.",
    ErrorCode.ROOM_FULL: "It is full.",
    ErrorCode.NOT_IN_ROOM: "You are not in the room.",
    ErrorCode.NO_SUCH_PARTICIPANT: "That person is not in the room.",
    ErrorCode.NOT_MODERATOR: "Only a moderator may do this.",
    ErrorCode.NOT_ON_STAGE: "Only people on stage may do this.",
    ErrorCode.WRONG_STATE: "This does not fit the present state.",
    ErrorCode.STAGE_FULL: "No seat is free on stage.",
    ErrorCode.REPLACED: "You entered from another device.",
    ErrorCode.SDP_TOO_LARGE: "The session description is too large.",
    ErrorCode.SDP_INVALID: "The session description does not answer the offer.",
    ErrorCode.MEDIA_UNAVAILABLE: "Voices are away for a moment.",
    ErrorCode.CAPTIONS_OFF: "Captions are off in this room.",
    ErrorCode.CAPTIONS_UNAVAILABLE: "Captions are unavailable on this server now.",
    ErrorCode.BAD_PUSH_ENDPOINT: "This browser's push service cannot be used.",
    ErrorCode.UNAVAILABLE: "The server cannot save this now; nothing was changed.",
    ErrorCode.INTERNAL: "Something went wrong on the server.",
}

STATUS: dict[ErrorCode, int] = {
    ErrorCode.BAD_MESSAGE: 400,
    ErrorCode.BAD_NUMBER: 422,
    ErrorCode.BAD_NAME: 422,
    ErrorCode.MESSAGE_TOO_LARGE: 413,
    ErrorCode.RATE_LIMITED: 429,
    ErrorCode.CODE_TOO_OFTEN: 429,
    ErrorCode.BAD_ORIGIN: 403,
    ErrorCode.NOT_ADMITTED: 403,
    ErrorCode.BANNED: 403,
    ErrorCode.NOT_ADMIN: 403,
    ErrorCode.NO_SUCH_MEMBER: 404,
    ErrorCode.NO_SUCH_REPORT: 404,
    ErrorCode.BAD_STATEMENT: 422,
    ErrorCode.NOT_FOUND: 404,
    ErrorCode.NOT_SIGNED_IN: 401,
    ErrorCode.CODE_WRONG: 401,
    ErrorCode.CODE_EXPIRED: 401,
    ErrorCode.CODE_TRIES_EXHAUSTED: 401,
    ErrorCode.BAD_FOUNDER_LINK: 401,
    ErrorCode.CODE_NOT_SENT: 502,
    ErrorCode.UNAVAILABLE: 503,
    ErrorCode.INTERNAL: 500,
}
"""For HTTP; every other code answers 409."""


def code_of(error: errors.MasilError) -> ErrorCode:
    """The stable code of a refusal."""
    return CODE_OF.get(type(error), ErrorCode.INTERNAL)


def status_of(code: ErrorCode) -> int:
    """The HTTP status of a code."""
    return STATUS.get(code, 409)
