"""Draws the icons of the installed app from the one mark, client/public/favicon.svg.

`python -m tests.browser.icons`; to be run when the mark changes, the pictures are in git.
"""

from __future__ import annotations

from playwright.sync_api import sync_playwright

from tests.browser.house import ROOT
from tests.browser.person import FLAGS, chromium_path

PUBLIC = ROOT / "client" / "public"
GROUND = "#12161f"
# A maskable icon fills its square; what matters is inside a circle of 80 % of its width.
PLAIN, MASKABLE = 1.0, 0.8
PICTURES = {
    "icon-180.png": (180, PLAIN, GROUND),
    "icon-192.png": (192, PLAIN, "transparent"),
    "icon-512.png": (512, PLAIN, "transparent"),
    "icon-maskable-512.png": (512, MASKABLE, GROUND),
}


def draw() -> None:
    """Every picture, as Chromium draws the mark."""
    mark = (PUBLIC / "favicon.svg").read_text("utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        for name, (size, share, ground) in PICTURES.items():
            page = browser.new_page(viewport={"width": size, "height": size})
            page.set_content(
                f"<style>body{{margin:0;height:100vh;display:grid;place-items:center;"
                f"background:{ground}}}svg{{width:{share:.0%};height:{share:.0%}}}</style>{mark}"
            )
            page.screenshot(path=PUBLIC / name, omit_background=True)
        browser.close()


if __name__ == "__main__":
    draw()
