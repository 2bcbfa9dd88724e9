// What is published: the camera and the microphone, or a test picture and a tone where there are none.

/** Opens the camera and the microphone. */
export async function camera() {
  if (!navigator.mediaDevices) {
    throw new Error('The browser gives the camera to pages over HTTPS and from this machine only. Publish the test picture.');
  }
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: true,
    video: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } },
  });
  return { stream, stop: () => stream.getTracks().forEach((track) => track.stop()) };
}

/** Draws bars, a moving square and a clock, and makes a tone of 440 Hz. */
export function testPicture(width = 640, height = 360, fps = 30) {
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width, height });
  const context = canvas.getContext('2d', { alpha: false });
  const colours = ['#bbbbbb', '#bbbb00', '#00bbbb', '#00bb00', '#bb00bb', '#bb0000', '#0000bb'];
  let frame = 0;
  const draw = () => {
    const bar = width / colours.length;
    colours.forEach((colour, i) => {
      context.fillStyle = colour;
      context.fillRect(i * bar, 0, bar + 1, height);
    });
    const x = (frame * 4) % (width - 40);
    context.fillStyle = '#ffffff';
    context.fillRect(x, height * 0.62, 40, 40);
    context.fillStyle = '#000000';
    context.fillRect(0, height - 44, width, 44);
    context.fillStyle = '#ffffff';
    context.font = '24px monospace';
    context.fillText(`${new Date().toISOString().slice(11, 23)}  ${String(frame).padStart(6, '0')}`, 12, height - 14);
    frame += 1;
  };
  draw();
  // Not requestAnimationFrame: that stands still in a tab that nobody sees.
  const timer = setInterval(draw, 1000 / fps);
  const stream = canvas.captureStream(fps);

  const sound = new AudioContext();
  const tone = new OscillatorNode(sound, { frequency: 440 });
  const gain = new GainNode(sound, { gain: 0.2 });
  const out = new MediaStreamAudioDestinationNode(sound);
  tone.connect(gain).connect(out);
  tone.start();
  sound.resume().catch(() => {}); // without a gesture it stays silent, which the picture does not mind
  stream.addTrack(out.stream.getAudioTracks()[0]);

  const stop = () => {
    clearInterval(timer);
    stream.getTracks().forEach((track) => track.stop());
    sound.close();
  };
  return { stream, stop };
}
