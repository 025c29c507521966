"""The typed keys under which the application holds its services."""

from __future__ import annotations

from aiohttp import web

from server.config import Settings
from server.ports import Clock
from server.service.captions import Captions
from server.service.hub import Hub
from server.service.people import People
from server.service.relay import Relay
from server.service.rooms import Rooms
from server.web.auth import Door

SETTINGS = web.AppKey("settings", Settings)
PEOPLE = web.AppKey("people", People)
RELAY = web.AppKey("relay", Relay)
ROOMS = web.AppKey("rooms", Rooms)
CAPTIONS = web.AppKey("captions", Captions)
CLOCK = web.AppKey("clock", Clock)
HUB = web.AppKey("hub", Hub)
DOOR = web.AppKey("door", Door)
