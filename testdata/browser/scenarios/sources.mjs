// Streams that browsers cannot show or play as they are: frames in another order, ten bits, AAC and Speex; and 4:4:4 and odd sides,
// which Chromium can show, but not every player. Graphs make them when they are asked for; the player gets pictures of the right
// size and colour, and the right tone.
import { same, truth } from "../lib/scene.mjs";
import { Sdk } from "../lib/sdk.mjs";

const graph = (name, nodes, links) => `graph: v1
about: Made up, for a player that wants it.

route:
  - stream.wanted /${name}

nodes:
${nodes.map((n) => `  ${n}`).join("\n")}
  out: {element: stream.out, set: {name: ${name}}, lazy: 2s}

links:
${links.map((l) => `  - ${l}`).join("\n")}
`;

const x264 = (name, format, size, settings, profile) => graph(name, [
  "bars: videotestsrc is-live=true pattern=blue",
  `enc: x264enc speed-preset=ultrafast key-int-max=25 ${settings}`,
], [`bars -> [video/x-raw,format=${format},${size},framerate=25/1] -> enc -> [video/x-h264,profile=${profile}] -> out.video`]);

const small = "width=320,height=180";
const noH264 = { stripCodecs: "H264,VP9,AV1" };
const odd = "width=321,height=181";

// sources: what each is called, the graph, and what the player is to see or hear.
const sources = (of) => [
  { name: "bframes", graph: x264(of("bframes"), "I420", small, "bframes=2 b-adapt=false rc-lookahead=4 sync-lookahead=0", "main"), size: [320, 180] },
  { name: "chroma", graph: x264(of("chroma"), "Y444", small, "tune=zerolatency", "high-4:4:4"), size: [320, 180] },
  { name: "ten", graph: x264(of("ten"), "I420_10LE", small, "tune=zerolatency", "high-10"), size: [320, 180] },
  { name: "chromavp8", graph: x264(of("chromavp8"), "Y444", small, "tune=zerolatency", "high-4:4:4"), size: [320, 180], options: noH264 },
  { name: "odd", graph: x264(of("odd"), "Y444", odd, "tune=zerolatency", "high-4:4:4"), size: [321, 181] },
  { name: "oddchroma", graph: x264(of("oddchroma"), "Y444", odd, "tune=zerolatency", "high-4:4:4"), size: [320, 180], options: noH264 },
  {
    name: "oddvp8", size: [320, 180], options: { stripCodecs: "VP8,VP9,AV1" },
    graph: graph(of("oddvp8"), ["bars: videotestsrc is-live=true pattern=blue", "enc: vp8enc deadline=1 keyframe-max-dist=25"],
      [`bars -> [video/x-raw,format=I420,${odd},framerate=25/1] -> enc -> out.video`]),
  },
  ...["aac", "speex", "pcmu"].map((codec) => ({
    name: codec, tone: 1000, options: { stripCodecs: "PCMU,PCMA,G722" },
    graph: graph(of(codec), [`tone: test.in audio=${codec} tone=1000 live=true length=0s`], ["tone.audio -> out.audio"]),
  })),
];

// colour is the middle of the picture.
const colour = (sdk, key) => sdk.page.evaluate((k) => {
  const context = new OffscreenCanvas(16, 16).getContext("2d");
  context.drawImage(document.getElementById(sluice.streams[k].id()), 0, 0, 16, 16);
  return [...context.getImageData(8, 8, 1, 1).data.slice(0, 3)];
}, key);

// pitch is the loudest frequency in Hz.
const pitch = (sdk, key) => sdk.page.evaluate(async (k) => {
  const context = new AudioContext();
  const analyser = new AnalyserNode(context, { fftSize: 8192 });
  context.createMediaStreamSource(document.getElementById(sluice.streams[k].id()).srcObject).connect(analyser);
  const bins = new Float32Array(analyser.frequencyBinCount);
  let best = -1;
  for (let looks = 0; looks < 100 && !(bins[best] > -60); looks++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    analyser.getFloatFrequencyData(bins);
    best = bins.indexOf(Math.max(...bins));
  }
  const found = (best * context.sampleRate) / analyser.fftSize;
  await context.close();
  return found;
}, key);

export default async function (scene) {
  const of = (name) => `${scene.stream}-${name}`;
  const player = await Sdk.at(scene, "player");
  for (const one of sources(of)) await scene.ask("graph", { server: 0, name: `own/${one.name}.yaml`, text: one.graph });
  scene.notes.got = {};
  for (const { name, size, tone, options = {} } of sources(of)) {
    const constraints = { audio: !size, video: !!size };
    await known(player, of(name), name, { ...options, constraints });
    if (size) {
      const [look] = await player.tab.plays({ sound: false, frames: 15 });
      await player.page.waitForFunction(([k, w]) => document.getElementById(sluice.streams[k].id()).videoWidth === w, [name, size[0]]);
      const [red, green, blue] = await colour(player, name);
      scene.notes.got[name] = [look.videoIn.codec, look.videoIn.frameWidth, look.videoIn.frameHeight, red, green, blue];
      same([look.videoIn.frameWidth, look.videoIn.frameHeight], size, `the size of ${name}`);
      truth(blue > 200 && red < 40 && green < 40, `${name} is not blue but ${[red, green, blue]}`);
    } else {
      const [look] = await player.tab.plays({ picture: false });
      const heard = await pitch(player, name);
      scene.notes.got[name] = [look.audioIn.codec, Math.round(heard)];
      same(look.audioIn.codec, "opus", `the codec that ${name} comes in`);
      truth(Math.abs(heard - tone) < 30, `the tone of ${name} is ${heard} Hz and not ${tone}`);
    }
    await player.stop(name);
    await player.reaches(name, "STOPPED: Stopped by user");
  }
}

// known plays a stream as soon as the server knows the graph that brings it: it may take a moment to see new files.
async function known(player, name, key, options) {
  await player.tab.sees(`the graph of ${key}`, async () => {
    await player.start(key, "play", { name, ...options });
    await player.page.waitForFunction((k) => /^(PLAYING|FAILED)/.test(sluice.of(k).at(-1) ?? ""), key);
    const last = (await player.statuses(key)).at(-1);
    truth(last === "PLAYING" || last === "FAILED: Stream not found", `${key}: ${last}`);
    return last === "PLAYING";
  });
}
