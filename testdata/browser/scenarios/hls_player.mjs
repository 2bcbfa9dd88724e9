// The pages hls-player, with both of its versions of video.js, and hls_static play what an encoder publishes over RTMP, and go on
// without a break.
import { encode } from "../lib/encoder.mjs";
import { truth } from "../lib/scene.mjs";
import { page, published, withoutNative } from "../lib/viewer.mjs";

const pages = [
  ["videojs8", "hls-player/hls-player.html?version=videojs8"],
  ["videojs7", "hls-player/hls-player.html?version=videojs7"],
  ["static", "hls_static/hls-player.html"],
];

export default async function (scene) {
  const stop = encode(`rtmp://${scene.servers[0].more}/live/${scene.stream}`);
  try {
    await published(scene);
    const viewers = await Promise.all(pages.map(([name, path]) => page(scene, path, { name, before: withoutNative })));
    // The server is told once that the stream is wanted, and all find it.
    for (const viewer of viewers) await viewer.tab.click("#applyBtn");
    for (const viewer of viewers) {
      await viewer.watch();
      await viewer.plays({ size: "320x180" });
    }
    // hls-player goes to where the stream is live when it has played for some seconds, which may take it a moment.
    await viewers[0].sees("video.js 8 to have found the live end", () => player.liveTracker.isLive());
    for (const viewer of viewers) await viewer.watch();
    for (const viewer of viewers) {
      const report = await viewer.plays({ frames: 175 });
      scene.notes[viewer.tab.name] = { age: report.age, gap: report.gap };
      truth(report.gap < 3000, `${viewer.tab.name}: the picture stood still for ${report.gap} ms`);
      await scene.shot(viewer.tab, "playing");
    }
  } finally {
    await stop();
  }
}
