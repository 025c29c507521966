import { describe, expect, it } from "vitest";
import { Updates, type VersionBrowser } from "./updates";

class FakeVersions implements VersionBrowser {
  reloads = 0;
  onWaiting: () => void = () => undefined;
  onTaken: () => void = () => undefined;
  watch = (onWaiting: () => void) => {
    this.onWaiting = onWaiting;
    return Promise.resolve(() => Promise.resolve());
  };
  takeOver = (onTaken: () => void) => {
    this.onTaken = onTaken;
  };
  reload = () => {
    this.reloads += 1;
  };
}

function page() {
  const browser = new FakeVersions();
  const place = { inRoom: false, told: 0 };
  const updates = new Updates({
    browser,
    inRoom: () => place.inRoom,
    onWaiting: () => (place.told += 1),
  });
  return { browser, place, updates };
}

describe("a new version", () => {
  it("is told, and comes when its reader says so", () => {
    const { browser, place, updates } = page();
    void updates.start();
    browser.onWaiting();
    expect(place.told).toBe(1);
    expect(browser.reloads).toBe(0);
    updates.take();
    browser.onTaken();
    expect(browser.reloads).toBe(1);
  });

  it("never reloads the page of somebody in a room, even if he entered after he had said yes", () => {
    const { browser, place, updates } = page();
    place.inRoom = true;
    updates.take();
    browser.onTaken();
    expect(browser.reloads).toBe(0);
    place.inRoom = false;
    updates.take();
    place.inRoom = true;
    browser.onTaken();
    expect(browser.reloads).toBe(0);
    place.inRoom = false;
    updates.take();
    expect(browser.reloads).toBe(1);
  });
});
