import { describe, expect, it } from "vitest";
import { takingStereo, wantingMusic } from "./opus";

const LINE = [
  "m=audio 9 UDP/TLS/RTP/SAVPF 63 111",
  "a=rtpmap:63 red/48000/2",
  "a=fmtp:63 111/111",
  "a=rtpmap:111 opus/48000/2",
  "a=fmtp:111 minptime=10;useinbandfec=1;usedtx=1",
];
const SDP = ["v=0", "s=-", ...LINE, "a=mid:0", ...LINE, "a=mid:1", ...LINE, "a=mid:2", ""].join("\r\n");

/** The parameters of Opus on each m-line. */
const parameters = (sdp: string) =>
  [...sdp.matchAll(/^a=fmtp:111 (.*)\r$/gm)].map((found) => found[1]?.split(";"));

describe("an offer that wants music", () => {
  it("wants two channels, more bits and no pauses on the microphone's line only", () => {
    const [microphone, ...slots] = parameters(wantingMusic(SDP));
    expect(microphone).toEqual([
      ...["minptime=10", "useinbandfec=1"],
      ...["stereo=1", "sprop-stereo=1", "maxaveragebitrate=128000", "usedtx=0"],
    ]);
    expect(slots).toEqual(parameters(SDP).slice(1));
  });

  it("is the same offer else, and said twice it is said once", () => {
    const without = (sdp: string) => sdp.replaceAll(/^a=fmtp:111 .*$/gm, "");
    expect(without(wantingMusic(SDP))).toBe(without(SDP));
    expect(wantingMusic(wantingMusic(SDP))).toBe(wantingMusic(SDP));
  });
});

describe("an answer", () => {
  it("takes two channels on every slot and promises none on the microphone's line", () => {
    const [microphone, ...slots] = parameters(takingStereo(SDP));
    expect(microphone).toEqual(parameters(SDP)[0]);
    expect(slots).toHaveLength(2);
    for (const slot of slots) expect(slot).toContain("stereo=1");
  });

  it("stays as it is where there is no Opus", () => {
    const other = SDP.replaceAll("opus", "pcmu");
    expect(takingStereo(other)).toBe(other);
  });
});
