/**
 * What descriptions say about Opus (RFC 7587 §7.1), which browsers have no other API for.
 *
 * Owns nothing. The parameters in a description tell what its writer wants to *receive*, so a
 * sender's stereo stands in what he takes for the server's wish, and a listener's in his answer.
 */

/** Two channels of music; a voice takes about 32 kb/s. */
export const MUSIC_BITS_PER_S = 128_000;

const STEREO = ["stereo=1"];
const MUSIC = ["stereo=1", "sprop-stereo=1", `maxaveragebitrate=${MUSIC_BITS_PER_S}`, "usedtx=0"];

/** The server's offer, with music wanted on the microphone's m-line (the first). */
export function wantingMusic(offer: string): string {
  return inSections(offer, (section, number) => (number === 1 ? withParameters(section, MUSIC) : section));
}

/** The own answer, with two channels taken on the slots (all m-lines but the first). */
export function takingStereo(answer: string): string {
  return inSections(answer, (section, number) => (number > 1 ? withParameters(section, STEREO) : section));
}

/** Section 0 is the session's part. */
function inSections(sdp: string, change: (section: string, number: number) => string): string {
  return sdp.split(/(?=^m=)/m).map(change).join("");
}

function withParameters(section: string, wanted: readonly string[]): string {
  const payloadType = /^a=rtpmap:(\d+) opus\//im.exec(section)?.[1];
  if (payloadType === undefined) return section;
  const names = new Set(wanted.map(nameOf));
  const line = new RegExp(`^a=fmtp:${payloadType} (.*?)(\r?)$`, "m");
  return section.replace(line, (_, given: string, end: string) => {
    const kept = given.split(";").filter((parameter) => !names.has(nameOf(parameter)));
    return `a=fmtp:${payloadType} ${[...kept, ...wanted].join(";")}${end}`;
  });
}

function nameOf(parameter: string): string {
  return (parameter.split("=")[0] ?? "").trim();
}
