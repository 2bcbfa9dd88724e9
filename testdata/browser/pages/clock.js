// A picture that says when it was made: time in blocks of black and white, which survive any codec, size and conversion. What
// shows it finds out how old it is. Pages have this as a script, and what runs in Node imports it.
"use strict";

globalThis.sluiceClock = (() => {
  // Two rows of ten blocks: sixteen bits of time in steps of 4 ms, so that it is unique for four minutes, and four to check them.
  const columns = 10, rows = 2, step = 4, times = 1 << 16;
  const height = 0.4; // of the picture
  const check = (time) => [0, 4, 8, 12].reduce((sum, shift) => sum + ((time >> shift) & 15), 5) & 15;

  // bits gives the blocks for a time in ms, row by row: true is white.
  const bits = (now) => {
    const time = Math.floor(now / step) % times;
    const word = time * 16 + check(time);
    return Array.from({ length: columns * rows }, (_, i) => ((word >>> i) & 1) === 1);
  };

  // age tells by how many ms a picture is older than now; undefined if the blocks say no time.
  const age = (blocks, now) => {
    const word = blocks.reduce((sum, white, i) => sum + (white ? 2 ** i : 0), 0);
    const time = Math.floor(word / 16);
    if (check(time) !== word % 16) return undefined;
    return ((((Math.floor(now / step) - time) % times) + times) % times) * step;
  };

  // block gives where one is: [x, y, width, height], as shares of the picture.
  const block = (i) => [(i % columns) / columns, (Math.floor(i / columns) * height) / rows, 1 / columns, height / rows];

  // red is what is always red, bar what is always white, at a place that moves once through the picture in three seconds.
  const red = [0, 0.75, 0.2, 0.25];
  const bar = (now) => [(now % 3000) / 3000 * 0.9, 0.45, 0.1, 0.25];

  // film is a stream of these pictures with a tone of 1 kHz, until the page is closed.
  const film = (width = 320, height = 180, rate = 25) => {
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    const context = canvas.getContext("2d");
    const audio = new AudioContext({ sampleRate: 48000 });
    const sound = new MediaStreamAudioDestinationNode(audio);
    const tone = new OscillatorNode(audio, { frequency: 1000 });
    tone.connect(new GainNode(audio, { gain: 0.5 })).connect(sound);
    tone.start();
    const fill = ([x, y, w, h], colour) => {
      context.fillStyle = colour;
      context.fillRect(x * width, y * height, w * width, h * height);
    };
    setInterval(() => {
      const now = Date.now();
      fill([0, 0, 1, 1], "gray");
      bits(now).forEach((bit, i) => fill(block(i), bit ? "white" : "black"));
      fill(red, "red");
      fill(bar(now), "white");
    }, 1000 / rate);
    const stream = canvas.captureStream(rate);
    stream.addTrack(sound.stream.getAudioTracks()[0]);
    return stream;
  };

  return { bits, age, film, block, blocks: columns * rows, red, bar };
})();
