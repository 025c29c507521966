"""A push service's way out that keeps what is pushed where a test can read it."""

from __future__ import annotations

from server.domain.errors import BadPushEndpointError
from server.domain.push import (
    Pushed,
    PushGoneError,
    PushNotSentError,
    PushSubscription,
    require_endpoint,
)


class FakePushSender:
    """Implements `ports.PushSender`."""

    public_key = "B" * 87

    def __init__(self) -> None:
        self.pushed: list[tuple[PushSubscription, Pushed]] = []
        self.gone: set[str] = set()
        """Endpoints whose browsers have unsubscribed."""
        self.failures = 0
        """So many of the next tries fail for now."""
        self.refuses = False
        """Every try fails for good."""
        self.tries = 0

    def require_usable(self, endpoint: str, p256dh: str, auth: str) -> None:
        """By its address only."""
        require_endpoint(endpoint)
        if not p256dh or not auth:
            raise BadPushEndpointError

    async def push(self, to: PushSubscription, what: Pushed) -> None:
        """Keep it, or fail where the test wants that."""
        self.tries += 1
        if to.endpoint in self.gone:
            raise PushGoneError
        if self.refuses:
            raise PushNotSentError("status 403", again=False)
        if self.failures:
            self.failures -= 1
            raise PushNotSentError("status 503", again=True)
        self.pushed.append((to, what))

    async def close(self) -> None:
        """Nothing is open."""
