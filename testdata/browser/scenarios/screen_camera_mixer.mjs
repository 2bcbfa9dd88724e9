// The SDK's page screen-camera-mixer: screen and camera of one page are two guests of a mixer, which another page plays.
import { Sdk } from "../lib/sdk.mjs";
import { costume, Stage } from "../lib/stage.mjs";

export default async function (scene) {
  const tab = await scene.example("streaming/screen-camera-mixer/screen-camera-mixer.html", { name: "sharer", before: costume("blue", "yellow") });
  await tab.page.waitForFunction(() => document.querySelectorAll("#videoInput option").length > 0);
  await tab.fill("#url", `${scene.ws}/${scene.stream}`);
  await tab.fill("#mixerName", scene.stream);
  await tab.page.evaluate(() => $("#useMixer").prop("checked", true));
  await tab.click("#connectBtn");
  await tab.shows("#cameraStatus", "ESTABLISHED");
  await tab.click("#publishBtn");
  await tab.shows("#screenStatus", "PUBLISHING");
  await tab.shows("#cameraStatus", "PUBLISHING");

  const viewer = await Sdk.at(scene, "viewer", { before: costume("red") });
  await viewer.play(scene.stream);
  const stage = new Stage(viewer.tab, "video");
  await stage.sees({ "3,4": "blue", "12,4": "yellow" }); // by their names: camera before screen
  await stage.hears("blue");
  await scene.shot(viewer.tab, "both");

  await tab.click("#publishBtn");
  await tab.shows("#cameraStatus", "UNPUBLISHED");
  await tab.shows("#screenStatus", "UNPUBLISHED");
  await stage.sees({ "3,4": "black", "12,4": "black" });
  await stage.hears();
  await viewer.stop(scene.stream);
}
