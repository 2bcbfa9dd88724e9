// The streamer page publishes and watches what it publishes; the stream's name is the path of the server's address.
import { same, statuses } from "../lib/scene.mjs";

export default async function (scene) {
  const tab = await scene.example("streaming/streamer/streamer.html");
  await tab.fill("#url", `${scene.ws}/${scene.stream}`);
  await tab.click("#publishBtn");
  await tab.shows("#status", "PUBLISHING");
  await tab.shows("#publishBtn", "Stop");
  await tab.plays();
  await scene.shot(tab, "playing");
  await tab.click("#publishBtn");
  await tab.shows("#status", "UNPUBLISHED");
  // It starts again in the same session.
  await tab.click("#publishBtn");
  await tab.shows("#publishBtn", "Stop");
  await tab.plays();
  await tab.click("#publishBtn");
  await tab.shows("#status", "UNPUBLISHED");

  const round = [
    ["publish", "PUBLISHING", ""],
    ["play", "PLAYING", ""],
    ["play", "STOPPED", "Stopped by user"],
    ["publish", "UNPUBLISHED", "Stopped by user"],
  ];
  same(statuses(tab), [...round, ...round], "the statuses");
}
