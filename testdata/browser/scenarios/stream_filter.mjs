// Publishes what a canvas shows of the camera, through a filter, and plays it.
import { same, statuses } from "../lib/scene.mjs";

export default async function (scene) {
  const tab = await scene.example("streaming/stream_filter/stream_filter.html");
  await tab.fill("#urlServer", scene.ws);
  await tab.click("#connectBtn");
  await tab.shows("#connectStatus", "ESTABLISHED");
  await tab.fill("#publishStream", scene.stream);
  await tab.fill("#playStream", scene.stream);
  await tab.click("#availableBtn");
  await tab.shows("#availableStatus", "UNAVAILABLE");
  await tab.click("#publishBtn");
  await tab.shows("#publishStatus", "PUBLISHING");
  await tab.click("#availableBtn");
  await tab.shows("#availableStatus", "AVAILABLE");
  await tab.click("#playBtn");
  await tab.shows("#playStatus", "PLAYING");
  await tab.page.selectOption("#filter", { index: 3 });
  await tab.plays();
  await scene.shot(tab, "playing");

  await tab.click("#publishBtn");
  await tab.shows("#publishStatus", "UNPUBLISHED");
  await tab.shows("#playStatus", "FAILED");
  await tab.shows("#playInfo", "Related publisher stopped its stream or lost connection");
  same(statuses(tab).map(([what, status]) => `${what} ${status}`).sort(),
    ["play FAILED", "play PLAYING", "publish PUBLISHING", "publish UNPUBLISHED"], "the statuses");
}
