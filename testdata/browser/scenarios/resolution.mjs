// The publisher changes the size of its picture while it is played: no new SDP, but an event with the new size.
import { same } from "../lib/scene.mjs";
import { Sdk } from "../lib/sdk.mjs";

export default async function (scene) {
  const name = scene.stream;
  const publisher = await Sdk.at(scene, "publisher");
  const player = await Sdk.at(scene, "player");
  await publisher.publish(name, { constraints: { audio: true, video: { width: 320, height: 240 } } });
  await player.play(name);
  const size = (w, h) => (e) => e.type === "resize" && e.payload.streamerVideoWidth === w && e.payload.streamerVideoHeight === h;
  await player.tab.heard("notifyStreamEvent", size(320, 240), { what: "resize to 320×240" });
  const mark = player.tab.mark();
  await publisher.page.evaluate((k) => sluice.streams[k].updateVideoResolution({ width: 640, height: 360 }), name);
  await player.tab.heard("notifyStreamEvent", size(640, 360), { since: mark, what: "resize to 640×360" });
  await player.page.waitForFunction((k) => document.getElementById(sluice.streams[k].id()).videoWidth === 640, name);
  await player.tab.plays();
  same(player.tab.messages.filter((m) => m.message === "setRemoteSDP").length, 1, "how many answers there were");
}
