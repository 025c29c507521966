/** Two soft notes, to hear whether the loudspeaker is the right one. Owns nothing after they end. */

import { sendTo } from "./playback";

const NOTES_HZ = [523.25, 659.25] as const;
const NOTE_S = 0.35;
const LOUDNESS = 0.25;
const EDGE_S = 0.03;

/** Play them on a device; resolves when they are over. */
export async function playTone(parent: HTMLElement, loudspeakerId: string): Promise<void> {
  const audio = new AudioContext();
  const out = audio.createMediaStreamDestination();
  const element = parent.ownerDocument.createElement("audio");
  element.dataset["tone"] = "";
  element.hidden = true;
  element.srcObject = out.stream;
  parent.append(element);
  try {
    await sendTo(element, loudspeakerId);
    await Promise.all([audio.resume(), element.play()]);
    await notes(audio, out);
  } finally {
    element.remove();
    await audio.close();
  }
}

function notes(audio: AudioContext, out: AudioNode): Promise<unknown> {
  const begins = audio.currentTime + EDGE_S;
  const ends = NOTES_HZ.map((pitch, at) => {
    const from = begins + at * NOTE_S;
    const note = new OscillatorNode(audio, { frequency: pitch });
    const edge = new GainNode(audio, { gain: 0 });
    edge.gain.setTargetAtTime(LOUDNESS, from, EDGE_S);
    edge.gain.setTargetAtTime(0, from + NOTE_S - 3 * EDGE_S, EDGE_S);
    note.connect(edge).connect(out);
    note.start(from);
    note.stop(from + NOTE_S + 3 * EDGE_S);
    return new Promise((resolve) => (note.onended = resolve));
  });
  return Promise.all(ends);
}
