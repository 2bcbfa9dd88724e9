// Runs in a page before its own scripts: its camera, screen and microphone give one colour and one tone each, by which a mixer's picture
// and sound can be told apart; and it looks at what the page's players show and play. Pages do not notice.
"use strict";

globalThis.sluiceCostume = ({ camera, screen, tone }) => {
  const size = { width: 320, height: 180 };
  const painted = (colour) => {
    const canvas = Object.assign(document.createElement("canvas"), size);
    const context = canvas.getContext("2d");
    let n = 0;
    setInterval(() => {
      context.fillStyle = colour;
      context.fillRect(0, 0, size.width, size.height);
      context.fillStyle = n++ % 2 ? "#808080" : "#606060"; // a still canvas gives no frames
      context.fillRect(0, 0, 4, 4);
    }, 50);
    return canvas.captureStream(20).getVideoTracks()[0];
  };
  const sounding = (hertz) => {
    const audio = new AudioContext();
    const to = audio.createMediaStreamDestination();
    const loud = new GainNode(audio, { gain: 0.3 });
    const source = new OscillatorNode(audio, { frequency: hertz });
    source.connect(loud).connect(to);
    source.start();
    return to.stream.getAudioTracks()[0];
  };
  const getUserMedia = async ({ audio, video }) => new MediaStream([video && painted(camera), audio && sounding(tone)].filter(Boolean));
  navigator.mediaDevices.getUserMedia = getUserMedia;
  // What older code calls; webrtc-adapter still does for it.
  navigator.webkitGetUserMedia = navigator.getUserMedia = (wish, done, failed) => getUserMedia(wish).then(done, failed);
  navigator.mediaDevices.getDisplayMedia = async () => new MediaStream([painted(screen)]);
};

globalThis.sluiceStage = (() => {
  const ears = new WeakMap();
  const fields = { across: 16, down: 9 };

  // shown are the colours of what a video shows, [red, green, blue] of each of 16 by 9 fields, row by row.
  const shown = (video) => {
    const context = new OffscreenCanvas(fields.across, fields.down).getContext("2d", { willReadFrequently: true });
    context.imageSmoothingQuality = "high";
    context.drawImage(video, 0, 0, fields.across, fields.down);
    const { data } = context.getImageData(0, 0, fields.across, fields.down);
    return Array.from({ length: fields.across * fields.down }, (_, i) => [...data.slice(4 * i, 4 * i + 3)]);
  };

  // heard are those of some frequencies that are in the sound of a video's stream: as loud as -45 dB, and the same 40 dB below.
  const heard = (video, hertz) => {
    let ear = ears.get(video.srcObject);
    if (!ear) {
      const audio = new AudioContext();
      ear = new AnalyserNode(audio, { fftSize: 32768, smoothingTimeConstant: 0 });
      audio.createMediaStreamSource(video.srcObject).connect(ear);
      ears.set(video.srcObject, ear);
    }
    const bins = new Float32Array(ear.frequencyBinCount);
    ear.getFloatFrequencyData(bins);
    const level = (f) => {
      const at = Math.round((f * ear.fftSize) / ear.context.sampleRate);
      return Math.max(...bins.slice(at - 3, at + 4));
    };
    return hertz.map((f) => Math.round(Math.max(-200, level(f))));
  };

  const report = (selector, hertz) => {
    const video = [...document.querySelectorAll(selector)].at(-1);
    if (!video?.srcObject) return undefined;
    const sound = video.srcObject.getAudioTracks().length > 0;
    return { size: `${video.videoWidth}x${video.videoHeight}`, shown: video.videoWidth ? shown(video) : [], heard: sound ? heard(video, hertz) : [] };
  };
  return { report };
})();
