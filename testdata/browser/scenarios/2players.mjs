// Two players on one page, of two streams that one session publishes.
import { same, statuses } from "../lib/scene.mjs";
import { Sdk } from "../lib/sdk.mjs";

export default async function (scene) {
  const publisher = await Sdk.at(scene, "publisher");
  const names = [`${scene.stream}-a`, `${scene.stream}-b`];
  for (const name of names) await publisher.publish(name);

  const tab = await scene.example("streaming/2players/2players.html", { name: "players" });
  await tab.fill("#url", scene.ws);
  await tab.click("#connectBtn");
  await tab.shows("#connectStatus", "ESTABLISHED");
  await tab.fill("#streamName1", names[0]);
  await tab.fill("#streamName2", names[1]);
  await tab.click("#playBtn1");
  await tab.click("#playBtn2");
  await tab.shows("#status1", "PLAYING");
  await tab.shows("#status2", "PLAYING");
  await tab.plays({ count: 2 });
  await scene.shot(tab, "playing");

  await tab.click("#playBtn1");
  await tab.shows("#status1", "STOPPED");
  const [left] = await tab.plays({ count: 1 });
  same(left.videoIn.codec, "VP8", "what is played on");
  await publisher.stop(names[1]);
  await tab.shows("#status2", "FAILED");
  same(statuses(tab), [
    ["play", "PLAYING", ""],
    ["play", "PLAYING", ""],
    ["play", "STOPPED", "Stopped by user"],
    ["play", "FAILED", "Stopped by publisher stop"],
  ], "the statuses");
}
