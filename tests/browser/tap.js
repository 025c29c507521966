// Run in a page by tests only: remembers microphones and PeerConnections, and taps streams.
(() => {
  const seen = { microphones: [], asked: [], connections: [] };
  const remember = (realm) => {
    const Native = realm.RTCPeerConnection;
    realm.RTCPeerConnection = class extends Native {
      constructor(...args) {
        super(...args);
        seen.connections.push(this);
      }
    };
  };
  // A frame in which the page makes a connection: it belongs to the page.
  if (window !== top) return top.masilTest.remember(window);
  remember(window);
  const getUserMedia = navigator.mediaDevices?.getUserMedia.bind(navigator.mediaDevices);
  if (getUserMedia) {
    navigator.mediaDevices.getUserMedia = async (constraints) => {
      seen.asked.push(constraints.audio);
      if (masilTest.refuse) throw new DOMException("as if it were unplugged", "NotFoundError");
      // The echo canceller would shape the sound that the test compares.
      const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
      const stream = await getUserMedia({ ...constraints, audio: { ...constraints.audio, ...plain } });
      seen.microphones.push(stream);
      return stream;
    };
  }
  const taps = {};
  let context;
  async function startTap(name, streams) {
    if (!context) {
      context = new AudioContext({ sampleRate: 48000, latencyHint: "interactive" });
      await context.audioWorklet.addModule("/tap_worklet.js");
    }
    await context.resume();
    const node = new AudioWorkletNode(context, "tap");
    const blocks = [];
    node.port.onmessage = (event) => blocks.push(event.data);
    const sources = streams.map((stream) => context.createMediaStreamSource(stream));
    for (const source of sources) source.connect(node);
    node.connect(context.destination);
    taps[name] = { node, sources, blocks };
  }
  // What the loudspeakers play, whichever connection it comes from: follows the elements.
  async function tapLoudspeakers(name) {
    await startTap(name, []);
    const tap = taps[name];
    const playing = new Map();
    const follow = () => {
      const now = new Set(slotStreams().flatMap((stream) => stream.getAudioTracks()));
      for (const [track, source] of playing) {
        if (now.has(track)) continue;
        source.disconnect();
        playing.delete(track);
      }
      for (const track of now) {
        if (playing.has(track)) continue;
        const source = context.createMediaStreamSource(new MediaStream([track]));
        source.connect(tap.node);
        playing.set(track, source);
      }
      tap.sources = [...playing.values()];
    };
    follow();
    tap.timer = setInterval(follow, 5);
  }
  function stopTap(name) {
    const { node, sources, blocks, timer } = taps[name];
    clearInterval(timer);
    for (const source of sources) source.disconnect();
    node.disconnect();
    // The clock of the first sample: the median over all blocks is free of scheduling noise.
    const offsets = blocks.map((b) => b.nowMs - b.endFrame / 48).sort((x, y) => x - y);
    const firstFrame = blocks.length ? blocks[0].endFrame - blocks[0].samples.length : 0;
    const startMs = (offsets[offsets.length >> 1] ?? 0) + firstFrame / 48;
    const all = new Float32Array(blocks.reduce((n, b) => n + b.samples.length, 0));
    let at = 0;
    for (const b of blocks) {
      all.set(b.samples, at);
      at += b.samples.length;
    }
    const bytes = new Uint8Array(all.buffer);
    let text = "";
    for (let i = 0; i < bytes.length; i += 8192) {
      text += String.fromCharCode(...bytes.subarray(i, i + 8192));
    }
    return { startMs, samples: btoa(text) };
  }
  const slotStreams = () =>
    [...document.querySelectorAll("audio[data-slot]")].map((a) => a.srcObject).filter(Boolean);
  async function inbound() {
    let received = 0;
    let lost = 0;
    let concealed = 0;
    for (const connection of seen.connections) {
      if (connection.connectionState === "closed") continue;
      for (const report of (await connection.getStats()).values()) {
        if (report.type !== "inbound-rtp") continue;
        received += report.packetsReceived ?? 0;
        lost += report.packetsLost ?? 0;
        concealed += report.concealedSamples ?? 0;
      }
    }
    return { received, lost, concealed };
  }
  const tapSlots = (name) => startTap(name, slotStreams());
  const tapMicrophone = (name) => startTap(name, seen.microphones.slice(-1));
  window.masilTest = { seen, remember, tapSlots, tapLoudspeakers, tapMicrophone, stopTap, inbound };
})();
