// The SDK's page media_devices_manager publishes into a mixer and plays it, beside a guest with an encoder; muted, it is not heard.
import { costume, Stage } from "../lib/stage.mjs";
import { paint } from "../lib/painter.mjs";

export default async function (scene) {
  const stop = await paint(`rtmp://${scene.servers[0].more}/live/zoe%23${scene.stream}`, "lime");
  const tab = await scene.example("streaming/media_devices_manager/media_device_manager.html", { before: costume("red") });
  const { page } = tab;
  await page.waitForFunction(() => document.querySelectorAll("#audioInput option").length > 0 && document.querySelectorAll("#videoInput option").length > 0);
  await tab.fill("#urlServer", scene.ws);
  await tab.click("#connectBtn");
  await tab.shows("#connectStatus", "ESTABLISHED");
  await tab.fill("#publishStream", `manager#${scene.stream}`);
  await tab.fill("#playStream", scene.stream);
  await tab.click("#publishBtn");
  await tab.shows("#publishStatus", "PUBLISHING");
  await tab.click("#playBtn");
  await tab.shows("#playStatus", "PLAYING");
  const stage = new Stage(tab, "#remoteVideo video");
  await stage.sees({ "3,4": "red", "12,4": "lime" });
  await stage.hears("red", "lime");
  await scene.shot(tab, "both");
  await page.evaluate(() => $("#muteAudioToggle").prop("checked", true).trigger("change"));
  await stage.hears("lime");
  await page.evaluate(() => $("#muteAudioToggle").prop("checked", false).trigger("change"));
  await stage.hears("red", "lime");
  await stop();
  await stage.sees({ "3,4": "red", "12,4": "red" }); // alone
  await tab.click("#playBtn");
  await tab.shows("#playStatus", "STOPPED");
  await tab.click("#publishBtn");
  await tab.shows("#publishStatus", "UNPUBLISHED");
}
