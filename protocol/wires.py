"""Lists what is spoken on each wire: the one place that names every union for the generators."""

from __future__ import annotations

import types
from dataclasses import dataclass
from typing import Any, get_args

import msgspec

from protocol import account, analysis, http, media, push, signalling


@dataclass(frozen=True, slots=True)
class Wire:
    """One wire: its name, the module that owns its messages, and their unions by name."""

    name: str
    module: types.ModuleType
    unions: dict[str, Any]

    def messages(self, union: str) -> tuple[type[msgspec.Struct], ...]:
        """The members of one union, in the order of the source."""
        return get_args(self.unions[union])

    def structs(self) -> tuple[type[msgspec.Struct], ...]:
        """All members of all unions, each once."""
        return tuple(dict.fromkeys(m for name in self.unions for m in self.messages(name)))


WIRES = (
    Wire(
        "signalling",
        signalling,
        {"ClientMessage": signalling.ClientMessage, "ServerMessage": signalling.ServerMessage},
    ),
    Wire(
        "http",
        http,
        {
            "RequestBody": http.CodeRequest | http.CodeVerification | http.InviteQuestion,
            "ResponseBody": http.CodeSent | http.SignedIn | http.InviteLook | http.Problem,
        },
    ),
    Wire("push", push, {"PushPayload": push.PushPayload}),
    Wire(
        "account",
        account,
        {"AccountRequest": account.AccountRequest, "AccountAnswer": account.AccountAnswer},
    ),
    Wire("media", media, {"MediaCommand": media.MediaCommand, "MediaEvent": media.MediaEvent}),
    Wire(
        "analysis",
        analysis,
        {"GateToAnalysis": analysis.GateToAnalysis, "AnalysisToGate": analysis.AnalysisToGate},
    ),
)
