"""Lighthouse on a running house: sign-in, hallway and a room, as a phone and as a desktop.

The page, its server and its headers are the product's own; Chromium is the machine's. Writes
bench/results/lighthouse.json; ends with 1 where a score is below 95. `make check-web` runs it.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typer
from playwright.sync_api import sync_playwright

from server.domain.ids import MemberId
from tests.browser import flows
from tests.browser.gallery import GUEST, HOST, lived_in_house, token_of
from tests.browser.house import ROOT, free_port
from tests.browser.person import FLAGS, chromium_path, person

RESULTS = ROOT / "bench" / "results" / "lighthouse.json"
LIGHTHOUSE = ROOT / "bench" / "web" / "node_modules" / "lighthouse"
CATEGORIES = ("performance", "accessibility", "best-practices")
LEAST = 95
TIMES = ("first-contentful-paint", "largest-contentful-paint", "total-blocking-time")
OTHERS = ("cumulative-layout-shift", "total-byte-weight")
FORMS = {"phone": [], "desktop": ["--preset=desktop"]}
TIMEOUT_S = 240
RUNS = 3
"""Blocking time is wall time, so that whoever shares the machine is in it: the median counts."""


def audit(url: str, port: int, options: list[str]) -> dict[str, Any]:
    """What Lighthouse says about one page, in the browser that listens on `port`."""
    done = subprocess.run(
        [
            "node",
            str(LIGHTHOUSE / "cli" / "index.js"),
            url,
            f"--port={port}",
            f"--only-categories={','.join(CATEGORIES)}",
            "--output=json",
            "--quiet",
            *options,
        ],
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=True,
    )
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def figures(report: dict[str, Any]) -> dict[str, Any]:
    """The scores of 100, the times, and whatever did not get all of its points."""
    audits = report["audits"]
    return {
        "scores": {name: round(report["categories"][name]["score"] * 100) for name in CATEGORIES},
        **{name.replace("-", "_") + "_ms": round(audits[name]["numericValue"]) for name in TIMES},
        **{name.replace("-", "_"): round(audits[name]["numericValue"], 3) for name in OTHERS},
        "failed": sorted(
            ref["id"]
            for name in CATEGORIES
            for ref in report["categories"][name]["auditRefs"]
            if ref["weight"] > 0 and audits[ref["id"]]["score"] not in (None, 1)
        ),
    }


def performance(report: dict[str, Any]) -> int:
    """The score of 100."""
    score: float = report["categories"]["performance"]["score"]
    return round(score * 100)


def measure() -> dict[str, Any]:
    """All pages in both forms."""
    state_dir = Path(tempfile.mkdtemp())
    house = lived_in_house(state_dir)
    pages: dict[str, Any] = {}
    try:
        house.wait_for("gate ready")
        with ExitStack() as stack:
            playwright = stack.enter_context(sync_playwright())
            guest = stack.enter_context(person(playwright, house.url))
            guest.context.add_cookies([cookie(house.url, GUEST)])
            guest.page.goto("/")
            flows.open_room(guest.page, "Soup for all")
            port = free_port(socket.SOCK_STREAM)
            browser = playwright.chromium.launch_persistent_context(
                tempfile.mkdtemp(),
                executable_path=chromium_path(),
                args=[*FLAGS, f"--remote-debugging-port={port}"],
                permissions=["microphone"],
            )
            stack.callback(browser.close)
            room = guest.page.url.removeprefix(house.url)
            version = ""
            for name, path in {"sign-in": "/", "hallway": "/", "room": room}.items():
                if name != "sign-in":
                    browser.add_cookies([cookie(house.url, HOST)])
                for form, options in FORMS.items():
                    reports = [audit(house.url + path, port, options) for _ in range(RUNS)]
                    version = reports[0]["lighthouseVersion"]
                    reports.sort(key=performance)
                    pages[f"{name}, {form}"] = {
                        **figures(reports[RUNS // 2]),
                        "performance_of_runs": [performance(each) for each in reports],
                        # Lighthouse's own measure of the machine while it was measured.
                        "machine": [
                            round(each["environment"]["benchmarkIndex"]) for each in reports
                        ],
                    }
                    typer.echo(f"{name:8} {form:8} {pages[f'{name}, {form}']}")
            return {
                "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
                "lighthouse": version,
                "chromium": guest.browser.version,
                "least": LEAST,
                "runs": RUNS,
                "pages": pages,
            }
    finally:
        house.close()


def cookie(url: str, member_id: MemberId) -> Any:
    """The session of a member of the seeded house."""
    return {"name": "masil", "value": token_of(member_id), "url": url}


def main() -> int:
    """Measure, write, and judge."""
    results = measure()
    RESULTS.write_text(json.dumps(results, indent=2) + "\n", "utf-8")
    low = [
        f"{page}: {name} {score}"
        for page, found in results["pages"].items()
        for name, score in found["scores"].items()
        if score < LEAST
    ]
    typer.echo("\n".join(low) or f"all scores are {LEAST} or more")
    return 1 if low else 0


if __name__ == "__main__":
    sys.exit(main())
