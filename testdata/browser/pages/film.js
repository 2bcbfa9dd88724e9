// What the films of cmd/sluice/matrix show, made by a page, and what a page sees of one: once a second the top is white for a fifth
// of it, while a tone of 1 kHz is heard; left below it is always red, and between them something moves.
"use strict";

globalThis.sluiceFilm = (() => {
  const size = { width: 320, height: 180 };
  const rate = 25;

  // film is a stream of that, until the page is closed.
  const film = () => {
    const canvas = Object.assign(document.createElement("canvas"), size);
    const context = canvas.getContext("2d");
    const audio = new AudioContext({ sampleRate: 48000 });
    const tone = new OscillatorNode(audio, { frequency: 1000 });
    const gain = new GainNode(audio, { gain: 0 });
    const sound = new MediaStreamAudioDestinationNode(audio);
    tone.connect(gain).connect(sound);
    tone.start();
    // Sound has a clock of its own, by which pictures are drawn. Chromium 156 says in its sender reports that it took sound of WebAudio
    // about 30 ms later than it was made, so pictures are as late.
    const [began, late] = [audio.currentTime + 0.1, 0.03];
    const beep = (second) => gain.gain.setValueAtTime(0.5, began + second).setValueAtTime(0, began + second + 0.2);
    beep(0);
    let drawn = -1;
    const draw = () => {
      const n = Math.floor((audio.currentTime - began - late) * rate);
      if (n <= drawn) return;
      if (Math.floor(n / rate) > Math.floor(drawn / rate)) beep(Math.floor(n / rate) + 1);
      drawn = n;
      context.fillStyle = "gray";
      context.fillRect(0, 0, size.width, size.height);
      for (let i = 0; i < 8; i++) {
        context.fillStyle = `hsl(${45 * i} 80% 50%)`;
        context.fillRect((n * 4 + i * 40) % size.width, 50 + 10 * i, 30, 20);
      }
      context.fillStyle = n % rate < rate / 5 ? "white" : "black";
      context.fillRect(0, 0, size.width, 50);
      context.fillStyle = "red";
      context.fillRect(0, 140, 60, 40);
    };
    setInterval(draw, 5);
    const stream = canvas.captureStream();
    stream.addTrack(sound.stream.getAudioTracks()[0]);
    return stream;
  };

  // watch looks at what a <video> plays for some seconds, and gives its size, the share of pictures in which red is red and in which the
  // middle is another than before, the tone in Hz, and how often there is a flash, and the tone. How far these are apart it does not say:
  // the browser puts sound and pictures together by and by, in seconds, if they come at different times.
  const watch = async (video, seconds) => {
    const { width, height } = size;
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext("2d", { willReadFrequently: true });
    const audio = new AudioContext({ sampleRate: 48000 });
    const analyser = new AnalyserNode(audio, { fftSize: 2048 });
    // A stream is heard beside the element, media of another source on its way to the loudspeaker.
    const { srcObject } = video;
    (srcObject ? audio.createMediaStreamSource(srcObject) : audio.createMediaElementSource(video)).connect(analyser);
    const crossings = [];
    let pictures = 0, flashes = 0, beeps = 0, red = 0, moved = 0, before, watching = true;
    let [light, loud] = [255, 1]; // so that nothing that is on already begins

    const look = () => {
      if (!watching) return;
      context.drawImage(video, 0, 0, width, height);
      const [top, corner, middle] = [[60, 10, 200, 30], [10, 150, 40, 20], [60, 55, 200, 80]].map((at) => context.getImageData(...at).data);
      pictures++;
      const is = mean(top);
      if (is > 150 && light < 100) flashes++;
      light = is;
      if (mean(corner, 0) > 180 && mean(corner, 1) < 80 && mean(corner, 2) < 80) red++;
      if (before && middle.reduce((sum, value, i) => sum + Math.abs(value - before[i]), 0) / middle.length > 0.1) moved++;
      before = middle;
      video.requestVideoFrameCallback(look);
    };
    const listen = () => {
      const samples = new Float32Array(analyser.fftSize);
      analyser.getFloatTimeDomainData(samples);
      const is = Math.hypot(...samples) / Math.sqrt(samples.length);
      if (is > 0.1 && loud < 0.02) beeps++;
      if (is > 0.1 && loud > 0.1) crossings.push(samples.filter((s, i) => i > 0 && s < 0 !== samples[i - 1] < 0).length);
      if (is > 0.1 || is < 0.02) loud = is;
    };

    video.requestVideoFrameCallback(look);
    const timer = setInterval(listen, 10);
    await new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
    watching = false;
    clearInterval(timer);
    await audio.close();
    return {
      width: video.videoWidth, height: video.videoHeight, red: red / pictures, moving: moved / pictures,
      tone: (median(crossings) * 48000) / 2 / analyser.fftSize, flashes, beeps,
    };
  };

  // mean is that of one colour of pixels, or of all.
  function mean(pixels, colour) {
    let sum = 0, count = 0;
    for (let i = 0; i < pixels.length; i++) {
      if (i % 4 === 3 || (colour !== undefined && i % 4 !== colour)) continue;
      sum += pixels[i];
      count++;
    }
    return sum / count;
  }

  const median = (values) => values.sort((a, b) => a - b)[values.length >> 1] ?? 0;

  return { film, watch };
})();
