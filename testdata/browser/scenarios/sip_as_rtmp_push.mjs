// The page that has a telephone called first and what it says published over RTMP then (sip-as-rtmp-2): it mutes that, puts music in its
// place, and stops it; the call goes on.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

import { listener, order, Phone } from "../lib/phone.mjs";
import { costume, tones } from "../lib/stage.mjs";

export default async function (scene) {
  scene.forgive(/the server responded with a status of 404/); // so the page learns that a call or a push has ended
  const music = ["-f", "lavfi", "-i", `sine=frequency=${tones.yellow}:duration=30,volume=4`, join(scene.args.out, "sample.wav")];
  await promisify(execFile)("ffmpeg", ["-y", "-v", "error", ...music]);
  const bob = await Phone.at(scene, "1002", "blue", { film: { codec: "VP8", left: "yellow", right: "blue" } });
  const tab = await scene.example("sip/sip-as-rtmp-2/sip-as-rtmp-2.html", { before: costume("red") });
  await order(scene, tab, { callee: "1002", stream: scene.stream });
  await bob.do("call");
  await tab.shows("#callStatus", "ESTABLISHED");

  await tab.click("#startRtmp");
  await tab.shows("#startRtmp", "Stop");
  const { sdk, stage } = await listener(scene, `rtmp_${scene.stream}`);
  await stage.sees({ "3,4": "yellow", "12,4": "blue" });
  await stage.hears("blue");
  const toggle = async (selector) => {
    await tab.page.evaluate((s) => document.querySelector(s).click(), selector);
    await tab.page.waitForSelector(`${selector}:enabled`, { state: "attached" });
  };
  await toggle("#mute");
  await stage.hears();
  await toggle("#mute");
  await stage.hears("blue");
  await toggle("#music");
  await stage.hears("yellow");
  await scene.shot(tab, "music");
  await scene.shot(sdk.tab, "music");
  await toggle("#music");
  await stage.hears("blue");
  await tab.click("#startRtmp");
  await tab.shows("#startRtmp", "Start");
  await sdk.page.waitForFunction((k) => /^(STOPPED|FAILED)/.test(sluice.of(k).at(-1)), `rtmp_${scene.stream}`);

  await tab.click("#callBtn");
  await bob.do("end");
  await tab.shows("#callStatus", "FINISHED");
  await tab.shows("#callBtn", "Call");
}
