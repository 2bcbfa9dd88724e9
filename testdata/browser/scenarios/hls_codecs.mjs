// Codecs that Chromium has and that pass through HLS as they are: AV1 and H.264 with Opus, which a page publishes over WebRTC, where
// a graph of one's own leaves Opus alone. The current hls.js plays them with low latency and without.
import { Sdk } from "../lib/sdk.mjs";
import { same, truth } from "../lib/scene.mjs";
import { hlsjs, published } from "../lib/viewer.mjs";

const graph = (stream) => `graph: v1
about: HLS of one stream, whose sound stays Opus.

route:
  - {event: hls.play, path: "/${stream}", share: ${stream}}

nodes:
  in: stream.in name=${stream} wait=5s
  hls: {element: hls.out, set: {path: "/${stream}", opus: true}, lazy: 10s}

links:
  - in -> hls
`;

const kinds = {
  av1: { strip: "H264,VP8,VP9,PCMU,PCMA,G722", codec: /^av01\./ },
  h264: { strip: "VP8,VP9,AV1,PCMU,PCMA,G722", codec: /^avc1\./ },
};

export default async function (scene) {
  for (const [name, { strip, codec }] of Object.entries(kinds)) {
    const stream = `${scene.stream}-${name}`;
    await scene.ask("graph", { server: 0, name: `own/${name}.yaml`, text: graph(stream) });
    const publisher = await Sdk.at(scene, `publisher-${name}`);
    await publisher.publish(stream, { film: "clock", stripCodecs: strip });
    await published(scene, stream);
    scene.notes[name] = {};
    await Promise.all([true, false].map(async (lowLatencyMode) => {
      const what = lowLatencyMode ? "low" : "plain";
      const viewer = await hlsjs(scene, `${scene.hls}/${stream}/index.m3u8`, { name: `${name}-${what}`, options: { lowLatencyMode } });
      await viewer.plays({ what: `of ${name}` });
      await viewer.watch();
      const { age, gap, sizes, tone } = await viewer.plays({ frames: 100 });
      const [level] = await viewer.page.evaluate(() => sluiceHLS.player.levels.map(({ videoCodec, audioCodec }) => ({ videoCodec, audioCodec })));
      scene.notes[name][what] = { age, gap, sizes, tone, ...level };
      truth(codec.test(level.videoCodec), `pictures are ${level.videoCodec}`);
      same(level.audioCodec.toLowerCase(), "opus", "the sound");
      await scene.shot(viewer.tab, "playing");
      await viewer.page.close();
    }));
    scene.notes.names = await publisher.page.evaluate(() => ["opus", "Opus"].filter((c) => MediaSource.isTypeSupported(`audio/mp4; codecs="${c}"`)));
    await publisher.stop(stream);
  }
}
