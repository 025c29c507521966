"""The built client and the headers that fence it in."""

from __future__ import annotations

from yarl import URL

from tests.web.gate import Gate


async def test_addresses_that_people_type_show_the_client(gate: Gate) -> None:
    for path in ("/", "/founder", "/contacts", "/share?title=Soup", "/room/abc-_123", "/room/abc/"):
        response = await gate.page().http.get(gate.base + path)
        assert response.status == 200
        assert response.content_type == "text/html"
        assert response.headers["Cache-Control"] == "no-cache"
        assert "Masil" in await response.text()


async def test_hashed_files_are_kept_by_the_browser_for_ever(gate: Gate) -> None:
    response = await gate.page().http.get(gate.base + "/assets/index-abc123.js")
    assert response.content_type in {"text/javascript", "application/javascript"}
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"


async def test_other_files_are_asked_for_again(gate: Gate) -> None:
    response = await gate.page().http.get(gate.base + "/favicon.svg")
    assert response.content_type == "image/svg+xml"
    assert response.headers["Cache-Control"] == "no-cache"


async def test_the_service_worker_is_asked_for_again_and_may_talk_to_this_house_only(
    gate: Gate,
) -> None:
    response = await gate.page().http.get(gate.base + "/sw.js")
    assert response.status == 200
    assert response.content_type in {"text/javascript", "application/javascript"}
    assert response.headers["Cache-Control"] == "no-cache"
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "connect-src 'self'" in policy


async def test_the_manifest_is_one(gate: Gate) -> None:
    response = await gate.page().http.get(gate.base + "/manifest.webmanifest")
    assert response.content_type == "application/manifest+json"


async def test_everything_else_is_not_found(gate: Gate) -> None:
    http = gate.page().http
    for path in (
        "/nothing.txt",
        "/assets/nothing.js",
        "/assets/..%2F..%2Fsecret.txt",
        "/..%2Fsecret.txt",
        "/%2e%2e%2fsecret.txt",
        "/assets/%00",
        "/assets",
        "/room/with%20space",
        "/api/nothing",
        "/api/sign-out",
    ):
        response = await http.get(URL(gate.base + path, encoded=True))
        assert response.status == 404, path
        assert (await response.json())["code"] == "not_found"


async def test_every_answer_forbids_third_parties_and_frames(gate: Gate) -> None:
    http = gate.page().http
    for path in ("/", "/api/session", "/assets/index-abc123.js", "/nothing", "/ws"):
        headers = (await http.get(gate.base + path)).headers
        policy = dict(
            directive.strip().split(" ", 1)
            for directive in headers["Content-Security-Policy"].split(";")
        )
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == policy["connect-src"] == policy["style-src"] == "'self'"
        assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
        assert not any("http" in sources or "*" in sources for sources in policy.values())
        assert headers["Permissions-Policy"].startswith("microphone=(self)")
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"


async def test_health_and_readiness(gate: Gate) -> None:
    http = gate.page().http
    assert (await http.get(gate.base + "/healthz")).status == 200
    page = await gate.founder()
    assert (await http.get(gate.base + "/readyz")).status == 200
    gate.media.go_down()
    await page.event_media(up=False)
    assert (await http.get(gate.base + "/readyz")).status == 503
    assert (await http.get(gate.base + "/healthz")).status == 200
