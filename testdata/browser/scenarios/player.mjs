// The player page plays what another page publishes, and says why it cannot play what is not there.
import { same, statuses } from "../lib/scene.mjs";
import { Sdk } from "../lib/sdk.mjs";

export default async function (scene) {
  const publisher = await Sdk.at(scene, "publisher");
  const tab = await scene.example("streaming/player/player.html", { name: "player" });
  await tab.fill("#url", scene.ws);
  await tab.fill("#streamName", scene.stream);
  await tab.click("#playBtn");
  await tab.shows("#status", "FAILED");
  await tab.shows("#info", "Stream not found");

  await publisher.publish(scene.stream, { constraints: { audio: true, video: { width: 640, height: 480 } } });
  await tab.click("#playBtn");
  await tab.shows("#status", "PLAYING");
  await tab.plays();
  await tab.heard("notifyStreamEvent", (e) => e.type === "resize");
  await scene.shot(tab, "playing");

  // The publisher goes on: the player's end is none of its business.
  await tab.click("#playBtn");
  await tab.shows("#status", "STOPPED");
  await publisher.tab.sends();
  await tab.click("#playBtn");
  await tab.shows("#status", "PLAYING");
  await tab.plays();

  await publisher.stop(scene.stream);
  await tab.shows("#status", "FAILED");
  await tab.shows("#info", "Stopped by publisher stop");
  await publisher.reaches(scene.stream, "UNPUBLISHED: Stopped by user");

  same(statuses(tab), [
    ["play", "FAILED", "Stream not found"],
    ["play", "PLAYING", ""],
    ["play", "STOPPED", "Stopped by user"],
    ["play", "PLAYING", ""],
    ["play", "FAILED", "Stopped by publisher stop"],
  ], "the statuses");
}
