// Looks at what a <video> of any page shows, and listens to it. Pages do not notice: it draws what is shown on a canvas of its
// own, and takes the sound on its way to the loudspeaker. It knows the pictures of pages/clock.js.
"use strict";

globalThis.sluiceEyes = (() => {
  const size = { width: 160, height: 90 };
  let video, seen, context, analyser;

  // watch begins to look at a page's last video, from nothing. A page may make a new one when it begins again.
  const watch = () => {
    const now = [...document.querySelectorAll("video")].at(-1);
    seen = { shots: [], frames: 0, sizes: [], gap: 0, last: 0, tones: [] };
    if (now === video) return;
    video = now;
    context = new OffscreenCanvas(size.width, size.height).getContext("2d", { willReadFrequently: true });
    const audio = new AudioContext();
    analyser = new AnalyserNode(audio, { fftSize: 8192 });
    audio.createMediaElementSource(video).connect(analyser).connect(audio.destination);
    video.requestVideoFrameCallback(look);
  };

  const mean = ([x, y, w, h]) => {
    // The middle half, since codecs blur edges.
    const at = [(x + w / 4) * size.width, (y + h / 4) * size.height, (w / 2) * size.width, (h / 2) * size.height].map(Math.round);
    const { data } = context.getImageData(at[0], at[1], Math.max(1, at[2]), Math.max(1, at[3]));
    const sum = [0, 0, 0];
    data.forEach((value, i) => i % 4 < 3 && (sum[i % 4] += value));
    return sum.map((value) => value / (data.length / 4));
  };

  const look = (now, { width, height }) => {
    video.requestVideoFrameCallback(look);
    if (seen.frames++ > 0) seen.gap = Math.max(seen.gap, now - seen.last);
    seen.last = now;
    const text = `${width}x${height}`;
    if (seen.sizes.at(-1) !== text) seen.sizes.push(text);
    context.drawImage(video, 0, 0, size.width, size.height);
    const blocks = Array.from({ length: sluiceClock.blocks }, (_, i) => mean(sluiceClock.block(i))[1] > 128);
    const [red, green, blue] = mean(sluiceClock.red);
    seen.shots.push({ age: sluiceClock.age(blocks, Date.now()), red: red > 170 && green < 90 && blue < 90, text });
    if (seen.shots.length > 250) seen.shots.shift();
  };

  // tone is the loudest frequency in Hz now, 0 if it is silent.
  const tone = () => {
    const bins = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(bins);
    const best = bins.indexOf(Math.max(...bins));
    return bins[best] > -60 ? (best * analyser.context.sampleRate) / analyser.fftSize : 0;
  };

  // report tells what was seen since watch: how many pictures, in which sizes one after the other, the longest time in ms without a
  // new one, how many of the last ones show a time and red, and how old they were when they were shown: the median, and the oldest.
  const report = () => {
    const { shots } = seen;
    const ages = shots.map((s) => s.age).filter((a) => a !== undefined).sort((a, b) => a - b);
    return {
      frames: seen.frames, sizes: seen.sizes, gap: Math.round(Math.max(seen.gap, seen.frames ? performance.now() - seen.last : 0)),
      readable: ages.length / shots.length, red: shots.filter((s) => s.red).length / shots.length,
      age: ages[ages.length >> 1], oldest: ages.at(-1), tone: Math.round(tone()), time: video.currentTime, error: video.error?.message,
    };
  };

  return { watch, report };
})();
