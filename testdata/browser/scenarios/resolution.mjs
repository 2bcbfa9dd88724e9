// The publisher's picture becomes smaller and greater again while it is played: no new SDP, but an event with each size.
import { same } from "../lib/scene.mjs";
import { Sdk } from "../lib/sdk.mjs";

export default async function (scene) {
  const name = scene.stream;
  const publisher = await Sdk.at(scene, "publisher");
  const player = await Sdk.at(scene, "player");
  await publisher.publish(name);
  await player.play(name);
  await player.tab.plays();
  const told = await player.hears(name, "resize");
  for (const by of [2, 1]) {
    const mark = player.tab.mark();
    await publisher.page.evaluate(([k, n]) => sluice.streams[k].updateVideoSettings({ scaleResolutionDownBy: n }), [name, by]);
    const [width, height] = [told.streamerVideoWidth / by, told.streamerVideoHeight / by];
    await player.tab.heard("notifyStreamEvent", (e) => e.type === "resize" && e.payload.streamerVideoWidth === width &&
      e.payload.streamerVideoHeight === height, { since: mark, what: `resize to ${width}×${height}` });
    await player.page.waitForFunction(([k, w]) => document.getElementById(sluice.streams[k].id()).videoWidth === w, [name, width]);
    await player.tab.plays();
  }
  same(player.tab.messages.filter((m) => m.message === "setRemoteSDP").length, 1, "how many answers there were");
}
