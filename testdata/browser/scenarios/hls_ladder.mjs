// A ladder: hls-js-player and hls-player offer its three sizes, change between them when somebody chooses, and go on without a break.
import { encode } from "../lib/encoder.mjs";
import { same, truth } from "../lib/scene.mjs";
import { page, published } from "../lib/viewer.mjs";

const sizes = { 720: "1280x720", 480: "854x480", 240: "426x240" };

export default async function (scene) {
  const stop = encode(`rtmp://${scene.servers[0].more}/live/${scene.stream}`, { width: 640, height: 360, bitrate: "1000k", key: 50 });
  try {
    await published(scene);
    for (const [name, path] of [["hlsjs", "hls-js-player/hls-js-player.html"], ["videojs7", "hls-player/hls-player.html?version=videojs7"]]) {
      const viewer = await page(scene, path, { name, stream: `${scene.stream}-HLS-ABR-STREAM` });
      const { tab } = viewer;
      await tab.click("#applyBtn");
      await viewer.watch();
      await viewer.plays();
      const buttons = viewer.page.locator("#qualityBtns button");
      await tab.sees("buttons", async () => (await buttons.count()) === 4);
      same((await buttons.allTextContents()).sort(), ["240", "480", "720", "Auto"], `the choice that ${name} offers`);
      scene.notes[name] = [];
      for (const height of ["240", "720", "480"]) {
        await viewer.watch();
        await buttons.getByText(height, { exact: true }).click();
        const { age, gap, sizes: seen } = await viewer.plays({ size: sizes[height], frames: 50 });
        scene.notes[name].push({ height, age, gap, seen });
        truth(gap < 3000, `${name} stood still for ${gap} ms on its way to ${height}`);
        await scene.shot(tab, height);
      }
      await viewer.page.close();
    }
  } finally {
    await stop();
  }
}
