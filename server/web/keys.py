"""The typed keys under which the application holds what it serves."""

from __future__ import annotations

from aiohttp import web

from server.config import Settings
from server.service.house import House
from server.web.auth import Door

SETTINGS = web.AppKey("settings", Settings)
HOUSE = web.AppKey("house", House)
DOOR = web.AppKey("door", Door)
