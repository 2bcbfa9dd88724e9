// A graph of one's own keeps what was shown. Viewers begin where they want to: two pages of hls.js, one of them with ?start=, and one
// with video.js that goes back by its page's button.
import { encode } from "../lib/encoder.mjs";
import { truth } from "../lib/scene.mjs";
import { hlsjs, page, published } from "../lib/viewer.mjs";

const graph = (stream) => `graph: v1
about: HLS of one stream, in which viewers may go back.

route:
  - {event: hls.play, path: "/${stream}", share: ${stream}}

nodes:
  in: stream.in name=${stream} wait=5s
  hls: {element: hls.out, set: {path: "/${stream}", segment: 1s, dvr: 60s}, lazy: 10s}

links:
  - in -> hls
`;

export default async function (scene) {
  await scene.ask("graph", { server: 0, name: "own/dvr.yaml", text: graph(scene.stream) });
  const stop = encode(`rtmp://${scene.servers[0].more}/live/${scene.stream}`);
  try {
    await published(scene);
    const url = `${scene.hls}/${scene.stream}/index.m3u8`;
    const live = await hlsjs(scene, url, { name: "live", options: { lowLatencyMode: true } });
    await live.plays({ frames: 350 });
    const back = await hlsjs(scene, `${url}?start=10`, { name: "back" });
    const { age } = await back.plays();
    scene.notes = { live: (await live.report()).age, back: age };
    truth(scene.notes.live < 4000, `live is ${scene.notes.live} ms old`);
    truth(age > 8500 && age < 14_000, `what began 10 s back is ${age} ms old`);
    await scene.shot(back.tab, "back");

    const viewer = await page(scene, "hls-player/hls-player.html?version=videojs7", { name: "videojs" });
    await viewer.tab.click("#applyBtn");
    await viewer.watch();
    await viewer.plays();
    const before = (await viewer.report()).age;
    await viewer.tab.click("#backBtnMax");
    await viewer.sees("older pictures", (least) => {
      const { age } = sluiceEyes.report();
      return age > least || void sluiceEyes.watch();
    }, before + 4000);
    scene.notes.button = [before, (await viewer.report()).age];
  } finally {
    await stop();
  }
}
