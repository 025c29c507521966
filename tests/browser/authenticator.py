"""Chromium's virtual authenticator: a device with a fingerprint reader (CDP domain WebAuthn)."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import CDPSession, Page


class VirtualAuthenticator:
    """One built-in authenticator of a page's browser; nothing of it is ours."""

    def __init__(self, page: Page) -> None:
        self._cdp: CDPSession = page.context.new_cdp_session(page)
        self._cdp.send("WebAuthn.enable", {"enableUI": False})
        added = self._cdp.send(
            "WebAuthn.addVirtualAuthenticator",
            {
                "options": {
                    "protocol": "ctap2",
                    "ctap2Version": "ctap2_1",
                    "transport": "internal",
                    "hasResidentKey": True,
                    "hasUserVerification": True,
                    "isUserVerified": True,
                    "automaticPresenceSimulation": False,
                }
            },
        )
        self._id = {"authenticatorId": added["authenticatorId"]}

    def touch(self, *, present: bool) -> None:
        """Whether somebody touches the reader when he is asked to."""
        self._cdp.send("WebAuthn.setAutomaticPresenceSimulation", {**self._id, "enabled": present})

    def recognise(self, *, owner: bool) -> None:
        """Whether it is the owner's finger."""
        self._cdp.send("WebAuthn.setUserVerified", {**self._id, "isUserVerified": owner})

    def credentials(self) -> list[dict[str, Any]]:
        """The keys that it holds."""
        found = self._cdp.send("WebAuthn.getCredentials", self._id)
        return list(found["credentials"])

    def add(self, credential: dict[str, Any]) -> None:
        """A copy of a key, as a thief or a backup would have it."""
        self._cdp.send("WebAuthn.addCredential", {**self._id, "credential": credential})
