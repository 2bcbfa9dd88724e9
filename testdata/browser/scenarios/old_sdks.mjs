// Older versions of the SDK publish and play with their own two-way page, and play what the others publish.
import { same, statuses } from "../lib/scene.mjs";
import { Sdk } from "../lib/sdk.mjs";

const versions = ["2.0.180", "2.0.218", "2.0.233", "2.0.256"];

export default async function (scene) {
  const now = await Sdk.at(scene, "now");
  for (const version of versions) {
    const name = `${scene.stream}-${version}`;
    const tab = await scene.example("streaming/two_way_streaming/two_way_streaming.html", { version, name: `sdk-${version}` });
    await tab.fill("#urlServer", scene.ws);
    await tab.click("#connectBtn");
    await tab.shows("#connectStatus", "ESTABLISHED");
    await tab.fill("#publishStream", name);
    await tab.fill("#playStream", name);
    await tab.click("#publishBtn");
    await tab.shows("#publishStatus", "PUBLISHING");
    await tab.click("#playBtn");
    await tab.shows("#playStatus", "PLAYING");
    await tab.plays({ frames: 10 });
    await now.play(name);
    await now.tab.plays({ frames: 10 });
    await tab.click("#playBtn");
    await tab.shows("#playStatus", "STOPPED");
    await tab.click("#publishBtn");
    await tab.shows("#publishStatus", "UNPUBLISHED");
    await now.reaches(name, "FAILED: Stopped by publisher stop");
    await tab.click("#connectBtn");
    await tab.shows("#connectStatus", "DISCONNECTED");
    same(statuses(tab).filter(([, status]) => status !== "RESIZE"), [
      ["publish", "PUBLISHING", ""],
      ["play", "PLAYING", ""],
      ["play", "STOPPED", "Stopped by user"],
      ["publish", "UNPUBLISHED", "Stopped by user"],
    ], `the statuses of ${version}`);
  }
}
