// The player to embed: by itself with its parameters in its address, and in the page that shows how to embed it.
import { same } from "../lib/scene.mjs";
import { Sdk } from "../lib/sdk.mjs";

export default async function (scene) {
  const publisher = await Sdk.at(scene, "publisher");
  await publisher.publish(scene.stream);

  const query = new URLSearchParams({ urlServer: scene.ws, streamName: scene.stream, mediaProviders: "WebRTC", autoplay: "true" });
  const tab = await scene.example(`streaming/embed_player/player.html?${query}`, { name: "player" });
  await tab.heard("notifyStreamStatusEvent", (s) => s.status === "PLAYING");
  await tab.plays({ sound: false }); // what starts by itself is mute
  await scene.shot(tab, "playing");
  same(await tab.page.textContent("#status"), "", "the status of what plays");

  const sample = await scene.example("streaming/embed_player/sample.html", { name: "sample" });
  await sample.fill("#url", scene.ws);
  await sample.fill("#streamName", scene.stream);
  await sample.click("#testBtn");
  const frame = await (await sample.page.waitForSelector("#fp_embed_player")).contentFrame();
  await frame.waitForURL(/streamName=/);
  await frame.click("#play");
  await sample.heard("notifyStreamStatusEvent", (s) => s.status === "PLAYING");
  await sample.sees("frames in the frame", () => frame.evaluate(async () => (await window.sluiceMedia()).some((p) => p.videoIn?.framesDecoded > 25)));

  await publisher.stop(scene.stream);
  await tab.shows("#status", "FAILED: Stopped by publisher stop");
  await frame.waitForFunction(() => document.querySelector("#status").textContent === "FAILED: Stopped by publisher stop");
}
