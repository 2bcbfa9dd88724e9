// The rest of the pages that publish and play, one after the other: each starts, plays and stops.
import { truth } from "../lib/scene.mjs";

// startStop presses a page's only button, waits until the page plays (or sends), and presses it again.
async function startStop(scene, page, { plays = true, sound = true } = {}) {
  const name = page.split("/").at(-1).replace(".html", "");
  const tab = await scene.example(`streaming/${page}`, { name });
  await tab.fill("#url", `${scene.ws}/${scene.stream}-${name}`);
  await tab.click("#publishBtn");
  await tab.shows("#status", "PUBLISHING");
  await tab.shows("#publishBtn", "Stop");
  if (plays) await tab.plays({ frames: 10, sound });
  else await tab.sends();
  return tab;
}

async function stops(tab) {
  await tab.click("#publishBtn");
  await tab.shows("#status", "UNPUBLISHED");
}

export default async function (scene) {
  const camera = await scene.example("streaming/camera_test/camera_test.html", { name: "camera_test" });
  await camera.page.waitForFunction(() => document.querySelectorAll("#videoInput option").length > 0);

  const local = await startStop(scene, "stream-local-snapshot/stream-local-snapshot.html", { plays: false });
  await local.click("#snapshotBtn");
  await local.page.waitForFunction(() => document.querySelector("#snapshotImg").src.startsWith("data:image/png"));
  await stops(local);

  await stops(await startStop(scene, "stream-zoom/stream-zoom.html"));
  await stops(await startStop(scene, "stream-diagnostic/stream-diagnostic.html"));

  const screen = await scene.example("streaming/screen-sharing/screen-sharing.html", { name: "screen-sharing" });
  await screen.page.waitForFunction(() => document.querySelector("#url").value); // it looks for an extension first
  await screen.fill("#url", `${scene.ws}/${scene.stream}-screen`);
  await screen.click("#connectBtn");
  await screen.shows("#status", "ESTABLISHED");
  await screen.click("#publishBtn");
  await screen.shows("#status", "PUBLISHING");
  const [player] = await screen.plays({ frames: 5, sound: false });
  truth(player.videoIn.frameWidth > 0, "no size");
  await stops(screen);

  // A relay that cannot be reached does no harm as long as nobody forces it.
  const wall = await scene.example("streaming/firewall-traversal-streaming/firewall-traversal-streaming.html", { name: "firewall" });
  await wall.fill("#urlServer", scene.ws);
  await wall.fill("#urlTurnServer", "turn:127.0.0.1:9?transport=tcp");
  await wall.fill("#usernameTurnServer", "someone");
  await wall.fill("#credentialTurnServer", "secret");
  await wall.page.evaluate(() => (document.querySelector("#forceRelay").checked = false));
  await wall.click("#connectBtn");
  await wall.shows("#connectStatus", "ESTABLISHED");
  await wall.fill("#publishStream", `${scene.stream}-wall`);
  await wall.fill("#playStream", `${scene.stream}-wall`);
  await wall.click("#publishBtn");
  await wall.shows("#publishStatus", "PUBLISHING");
  await wall.click("#playBtn");
  await wall.shows("#playStatus", "PLAYING");
  await wall.plays({ frames: 10 });
}
