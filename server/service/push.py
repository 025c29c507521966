"""Push: tells people what cannot wait while no page of theirs is open.

Owns who has subscribed, the queue and how often is tried. Only four things are worth a push:
somebody is at the door, the door is open, somebody whom one follows asks one into a room, and a
reminder of a scheduled room that one asked for. Never logs to whom, nor what.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec
import structlog

from protocol import push as wire
from protocol import signalling
from protocol.signalling import ServerMessage
from protocol.wire import Language as WireLanguage
from server.domain.errors import NotSignedInError, StoreUnavailableError
from server.domain.ids import MemberId
from server.domain.language import Language
from server.domain.push import (
    Pushed,
    PushGoneError,
    PushNotSentError,
    PushSubscription,
    Urgency,
)
from server.ports import Clock, PushSender, Store

TTL_S = 3 * 24 * 3600
REMINDER_TTL_S = 15 * 60
"""That a room begins is of no use later."""
URGENCY = Urgency.HIGH
"""The same for all that is pushed, or push services could tell a knock from an admission."""
QUEUE_MAX = 1_000
WORKERS = 8
RETRY_AFTER_S = (2.0, 20.0)
_LANGUAGES: dict[Language, WireLanguage] = {Language.ENGLISH: "en", Language.KOREAN: "ko"}
_log = structlog.get_logger(__name__)

Told = signalling.Knocked | signalling.Admitted | signalling.Pinged | signalling.Reminded


@dataclass(frozen=True, slots=True)
class Job:
    """Something to tell a person on all his browsers."""

    member_id: MemberId
    message: Told = field(repr=False)


class Push:
    """Web Push to those who are away."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        sender: PushSender,
        retry_after_s: Sequence[float] = RETRY_AFTER_S,
    ) -> None:
        self._store = store
        self._clock = clock
        self._sender = sender
        self._retry_after_s = retry_after_s
        self._jobs: asyncio.Queue[Job] = asyncio.Queue(QUEUE_MAX)
        self._subscribers: set[MemberId] = set()
        """Everybody who has subscribed, and some who did once: a knock that fifty members are asked
        about must not cost fifty look-ups."""
        self._all_known = False

    @property
    def public_key(self) -> str:
        """What browsers bind a subscription to."""
        return self._sender.public_key

    async def subscribe(
        self, member_id: MemberId, session_hash: bytes, command: wire.SubscribePush
    ) -> None:
        """Push to the browser of this session from now on.

        Raises:
            BadPushEndpointError, NotSignedInError, StoreUnavailableError
        """
        self._sender.require_usable(command.endpoint, command.p256dh, command.auth)
        subscription = PushSubscription(
            member_id,
            session_hash,
            command.endpoint,
            command.p256dh,
            command.auth,
            Language(command.language),
            self._clock.now_ms(),
        )
        async with self._store.transaction():
            if await self._store.session_member(session_hash) is None:
                raise NotSignedInError
            await self._store.save_push_subscription(subscription)
        self._subscribers.add(member_id)

    async def unsubscribe(self, session_hash: bytes) -> None:
        """Push to the browser of this session no more.

        Raises:
            StoreUnavailableError
        """
        await self._store.delete_push_subscriptions(session_hash)

    def tell(self, member_id: MemberId, message: ServerMessage) -> None:
        """Push what an absent person would have been told on his page, if it is worth it."""
        if not isinstance(message, Told):
            return
        if self._all_known and member_id not in self._subscribers:
            return
        try:
            self._jobs.put_nowait(Job(member_id, message))
        except asyncio.QueueFull:
            _log.warning("a push was dropped, too many wait")

    async def run(self) -> None:
        """Push what waits, several at a time, for ever."""
        self._subscribers.update(await self._store.push_subscribers())
        self._all_known = True
        async with asyncio.TaskGroup() as workers:
            for _ in range(WORKERS):
                workers.create_task(self._work())

    async def _work(self) -> None:
        while True:
            job = await self._jobs.get()
            try:
                for subscription in await self._store.push_subscriptions(job.member_id):
                    await self._push(subscription, _pushed(job.message, subscription.language))
            except StoreUnavailableError:
                _log.warning("a push was dropped, the database is away")

    async def _push(self, to: PushSubscription, what: Pushed) -> None:
        for wait_s in (*self._retry_after_s, None):
            try:
                await self._sender.push(to, what)
            except PushGoneError:
                await self._store.delete_push_endpoint(to.endpoint)
            except PushNotSentError as error:
                if error.again and wait_s is not None:
                    await asyncio.sleep(wait_s)
                    continue
                _log.warning("a push was not taken", answer=str(error))
            return


def _pushed(message: Told, language: Language) -> Pushed:
    """What travels, in the language that the browser asked for."""
    spoken = _LANGUAGES[language]
    begins = isinstance(message, signalling.Reminded) and message.news in ("soon", "started")
    ttl_s = REMINDER_TTL_S if begins else TTL_S
    if isinstance(message, signalling.Admitted):
        payload: wire.PushPayload = wire.AdmissionPushed(language=spoken)
    elif isinstance(message, signalling.Pinged):
        payload = wire.PingPushed(
            room_id=message.room_id,
            title=message.title,
            name=message.by.name,
            language=spoken,
        )
    elif isinstance(message, signalling.Reminded):
        payload = wire.ReminderPushed(
            scheduled_id=message.scheduled.scheduled_id,
            title=message.scheduled.title,
            room_id=message.room_id,
            news=message.news,
            language=spoken,
        )
    else:
        knock = message.knock
        payload = wire.KnockPushed(knock_id=knock.knock_id, name=knock.name, language=spoken)
    return Pushed(msgspec.json.encode(payload), ttl_s, URGENCY)
