// The page hls-js-player plays what an encoder publishes over RTMP, with its option for low latency off and on: then what is shown is
// less than 2 s old, on a busy machine too (hls_latency has the goal).
import { encode } from "../lib/encoder.mjs";
import { truth } from "../lib/scene.mjs";
import { page, published } from "../lib/viewer.mjs";

export default async function (scene) {
  const stop = encode(`rtmp://${scene.servers[0].more}/live/${scene.stream}`);
  try {
    await published(scene);
    const viewer = await page(scene, "hls-js-player/hls-js-player.html");
    const { tab } = viewer;
    for (const low of [false, true]) {
      await viewer.page.setChecked("#llHlsEnabled", low);
      await tab.click("#applyBtn");
      await tab.shows("#applyBtn", "Stop");
      await viewer.watch();
      await viewer.plays({ size: "320x180", what: low ? "with low latency" : "without low latency" });
      await viewer.watch();
      const { age, oldest, gap } = await viewer.plays({ frames: 125 });
      scene.notes[low ? "low" : "plain"] = { age, oldest, gap };
      truth(gap < 2000, `the picture stood still for ${gap} ms`);
      truth(low ? age < 2000 : age < 12_000, `pictures are ${age} ms old, low latency: ${low}`);
      await tab.shows("#videoWidth", "320");
      await tab.shows("#videoHeight", "180");
      await scene.shot(tab, low ? "low" : "plain");
      await tab.click("#applyBtn");
      await tab.shows("#applyBtn", "Play");
    }
  } finally {
    await stop();
  }
}
