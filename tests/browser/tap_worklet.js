class Tap extends AudioWorkletProcessor {
  constructor() {
    super();
    this.samples = new Float32Array(480);
    this.filled = 0;
  }

  process(inputs) {
    const channel = inputs[0] && inputs[0][0];
    for (let i = 0; i < 128; i++) {
      this.samples[this.filled++] = channel ? channel[i] : 0;
      if (this.filled === 480) {
        this.port.postMessage({
          nowMs: Date.now(),
          endFrame: currentFrame + i + 1,
          samples: this.samples.slice(),
        });
        this.filled = 0;
      }
    }
    return true;
  }
}
registerProcessor("tap", Tap);
