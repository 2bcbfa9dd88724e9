// Publishes a canvas that shows a film, without a camera, and plays it.
import { truth } from "../lib/scene.mjs";

export default async function (scene) {
  const tab = await scene.example("streaming/canvas_streaming/canvas_streaming.html");
  await tab.fill("#urlServer", `${scene.ws}/${scene.stream}`);
  await tab.click("#startBtn");
  await tab.shows("#publishStatus", "PUBLISHING");
  await tab.shows("#playStatus", "PLAYING");
  await tab.shows("#startBtn", "Stop");
  const [player] = await tab.plays({ sound: false });
  await scene.shot(tab, "playing");
  truth(player.videoIn.frameWidth > 0, "no size");
  await tab.click("#startBtn");
  await tab.shows("#publishStatus", "UNPUBLISHED");
  await tab.shows("#connectStatus", "DISCONNECTED");
}
