"""What is kept of a signed-in device, and which names browsers go by."""

from __future__ import annotations

import pytest

from server.domain.origin import RelyingParty, origins_of, relying_party_of
from server.domain.session import browser_and_system, device_of, session_id_of

ANDROID = "Mozilla/5.0 (Linux; Android 16; SM-S931N) AppleWebKit/537.36 (KHTML, like Gecko)"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15"
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko)"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("user_agent", "device"),
    [
        (f"{ANDROID} Chrome/142.0.0.0 Mobile Safari/537.36", "Chrome on Android"),
        (f"{ANDROID} SamsungBrowser/29.0 Chrome/136.0 Safari", "Samsung Internet on Android"),
        (f"{ANDROID} Version/4.0 Chrome/142.0 KAKAOTALK/25", "KakaoTalk on Android"),
        (f"{IPHONE} Version/19.1 Mobile/15E148 Safari/604.1", "Safari on iPhone"),
        (f"{IPHONE} CriOS/142.0 Mobile/15E148 Safari/604.1", "Chrome on iPhone"),
        (f"{IPHONE} FxiOS/145.0 Mobile/15E148 Safari/605.1.15", "Firefox on iPhone"),
        (f"{MAC} Version/19.1 Safari/605.1.15", "Safari on Mac"),
        (f"{WINDOWS} Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0", "Edge on Windows"),
        (f"{WINDOWS} Chrome/142.0 Whale/4.33 Safari/537.36", "Whale on Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko Firefox/145.0", "Firefox on Linux"),
        ("Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) Chrome/142.0 Safari", "Chrome on ChromeOS"),
        ("curl/8.14", ""),
        ("", ""),
        ("Firefox/145.0", "Firefox"),
    ],
)  # fmt: skip
def test_a_device_is_a_browser_and_a_system_and_nothing_more(user_agent: str, device: str) -> None:
    assert device_of(user_agent) == device


def test_a_label_comes_apart_for_the_readers_order() -> None:
    assert browser_and_system("Samsung Internet on Android") == ("Samsung Internet", "Android")
    assert browser_and_system("Firefox") == ("Firefox", "")
    assert browser_and_system("") == ("", "")


def test_the_name_of_a_session_tells_nothing_of_its_token() -> None:
    token_hash = bytes(range(32))
    name = session_id_of(token_hash)
    assert len(name) == 16
    assert name not in token_hash.hex()
    assert session_id_of(token_hash[::-1]) != name


@pytest.mark.parametrize(
    ("public_url", "party"),
    [
        ("https://masil.example", RelyingParty("masil.example", "https://masil.example")),
        ("https://Masil.Example:8443", RelyingParty("masil.example", "https://masil.example:8443")),
        (
            "https://마실.example",
            RelyingParty("xn--hz2bq0o.example", "https://xn--hz2bq0o.example"),
        ),
        ("http://localhost:8080", RelyingParty("localhost", "http://localhost:8080")),
        ("http://127.0.0.1:8080", RelyingParty("localhost", "http://localhost:8080")),
        ("http://masil.example", None),
        ("https://203.0.113.7", None),
        ("https://[2001:db8::7]:8080", None),
    ],
)
def test_passkeys_are_for_a_name_that_browsers_trust(
    public_url: str, party: RelyingParty | None
) -> None:
    assert relying_party_of(public_url) == party


def test_a_house_on_this_machine_has_two_origins() -> None:
    assert origins_of("http://localhost:8080") == {"http://localhost:8080", "http://127.0.0.1:8080"}
    assert origins_of("https://masil.example") == {"https://masil.example"}
    assert origins_of("https://[2001:db8::7]:8443") == {"https://[2001:db8::7]:8443"}
