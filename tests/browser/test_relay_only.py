"""People whose network lets no UDP out to us talk through the TURN server, over UDP or TCP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from tests.browser import flows
from tests.browser.audio import warble, write_wav
from tests.browser.house import House
from tests.browser.person import Person, person
from tests.coturn import SECRET, coturn, needs_coturn

pytestmark = needs_coturn
FOUNDER_NUMBER = "010-2345-6789"
NEWCOMER_NUMBER = "010-9876-5432"
ONLY_RELAY = """(() => {
  const Before = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Before {
    constructor(config) {
      const iceServers = config.iceServers.map((server) => ({
        ...server,
        urls: server.urls.filter((url) => url.endsWith("transport=TRANSPORT")),
      }));
      super({ ...config, iceServers, iceTransportPolicy: "relay" });
    }
  };
})();"""
SELECTED = """async () => {
  const open = masilTest.seen.connections.filter((c) => c.connectionState === "connected");
  const found = [];
  for (const connection of open) {
    const stats = await connection.getStats();
    for (const report of stats.values()) {
      if (report.type !== "transport") continue;
      const local = stats.get(stats.get(report.selectedCandidatePairId).localCandidateId);
      found.push([local.candidateType, local.relayProtocol]);
    }
  }
  return found;
}"""


@pytest.fixture(scope="module")
def walled_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house with media on the loopback and a TURN server that relays to it and nothing else."""
    state_dir = tmp_path_factory.mktemp("walled")
    with coturn(state_dir, '["127.0.0.1"]') as port:
        urls = [f"turn:127.0.0.1:{port}?transport={transport}" for transport in ("udp", "tcp")]
        house = House(
            state_dir,
            "tiny",
            MASIL_MEDIA_HOST="127.0.0.1",
            MASIL_TURN_URLS=json.dumps(urls),
            MASIL_TURN_SECRET=SECRET,
        )
        try:
            yield house
        finally:
            house.close()


def only_by(somebody: Person, transport: str) -> None:
    """From the next page on, this browser reaches nothing but the TURN server."""
    somebody.context.add_init_script(ONLY_RELAY.replace("TRANSPORT", transport))


def test_voices_flow_through_the_relay_alone(
    playwright: Playwright, walled_house: House, tmp_path: Path
) -> None:
    house = walled_house
    with (
        person(playwright, house.url, write_wav(tmp_path / "a.wav", warble(6))) as ann,
        person(playwright, house.url, write_wav(tmp_path / "b.wav", warble(7))) as bea,
    ):
        only_by(ann, "udp")
        only_by(bea, "tcp")
        flows.come_as_founder(house, ann.page, FOUNDER_NUMBER, "Ann")
        flows.knock(house, bea.page, NEWCOMER_NUMBER, "Bea")
        flows.add_contact(ann.page, NEWCOMER_NUMBER)
        flows.let_in(ann.page, bea.page, "Bea")
        flows.open_room(ann.page, "Behind a wall")
        flows.enter_room(bea.page, "Behind a wall")
        flows.go_on_stage(ann.page, bea.page, "Bea")
        flows.unmute(ann.page)
        flows.unmute(bea.page)
        bea.hears_voices()
        ann.hears_voices()
        assert ann.page.evaluate(SELECTED) == [["relay", "udp"]]
        assert bea.page.evaluate(SELECTED) == [["relay", "tcp"]]
        assert ann.errors == bea.errors == []
    assert SECRET not in "\n".join(house.lines)
