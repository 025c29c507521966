"""axe-core in a page, and what it cannot see: whether a narrow window must be scrolled sideways."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from tests.browser.house import ROOT

AXE = ROOT / "client" / "node_modules" / "axe-core" / "axe.min.js"
RUN = """() => axe.run(document, {
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  resultTypes: ["violations"],
})"""
# The page clips what sticks out, so that its width alone would tell nothing.
STICKING_OUT = """() => {
  const scrolls = (e) => /auto|scroll|hidden|clip/.test(getComputedStyle(e).overflowX);
  const inside = (e) => {
    for (let up = e.parentElement; up && up.id !== "app"; up = up.parentElement)
      if (scrolls(up)) return true;
    return false;
  };
  return [...document.querySelectorAll("#app *, dialog *")].filter((e) => {
    const box = e.getBoundingClientRect();
    const seen = box.width > 1 && box.height > 1 && getComputedStyle(e).visibility !== "hidden";
    return seen && (box.right > innerWidth + 1 || box.left < -1) && !inside(e);
  }).map((e) => `${e.tagName}.${e.className} ${(e.textContent ?? "").slice(0, 40)}`);
}"""


def violations(page: Page) -> list[str]:
    """What axe finds wrong on the page as it is now: rule, where, why."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text("utf-8"))
    found: dict[str, Any] = page.evaluate(RUN)
    return [
        f"{each['id']}: {node['target']} {node['failureSummary']}"
        for each in found["violations"]
        for node in each["nodes"]
    ]


def sticking_out(page: Page) -> list[str]:
    """Elements that reach beyond the window to the side, outside of what can be scrolled."""
    found: list[str] = page.evaluate(STICKING_OUT)
    return found
