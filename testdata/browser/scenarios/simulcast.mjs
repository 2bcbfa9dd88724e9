// A browser publishes three sizes of its picture at once. Each player gets the largest as long as its way is good, a smaller one
// when it is bad, and the largest again afterwards; nobody else notices.
import { same } from "../lib/scene.mjs";
import { Sdk } from "../lib/sdk.mjs";

export default async function (scene) {
  const url = (protocol) => `${scene.http}/${scene.stream}/${protocol}`;
  const page = (name, options) => scene.open(name, `${scene.origin}/own/whip.html`, options);
  const publisher = await page("publisher");
  await publisher.page.evaluate((u) => whip.publish(u, [1, 2, 4]), url("whip"));
  const sent = await publisher.sees("three layers", async () => {
    const layers = await publisher.page.evaluate(() => window.sluiceLayers());
    return layers.filter((l) => l.framesEncoded > 5 && l.frameWidth).length === 3 && layers;
  });
  same(sent.map((l) => [l.rid, l.frameWidth]).sort(), [["r0", 960], ["r1", 480], ["r2", 240]], "what is sent");

  const near = await page("near");
  await near.page.evaluate((u) => whip.play(u), url("whep"));
  const player = await Sdk.at(scene, "player");
  await player.play(scene.stream, { constraints: { audio: false, video: true } });
  const width = async (tab) => (await tab.media())[0]?.videoIn?.frameWidth;
  const largest = (tab) => tab.sees("the largest layer", async () => (await width(tab)) === 960);
  await Promise.all([largest(near), largest(player.tab)]);

  await scene.ask("network", { server: 0, loss: 0 });
  const far = await page("far", { detour: scene.args.detour });
  await far.page.evaluate((u) => whip.play(u), `${url("whep")}?transport=udp`);
  await largest(far);
  await scene.ask("network", { server: 0, loss: 0.25 });
  await far.sees("a smaller layer", async () => (await width(far)) < 960);
  await far.plays({ sound: false, frames: 5 });
  const [look] = await near.plays({ sound: false, frames: 5 });
  same(look.videoIn.frameWidth, 960, "what the near one gets meanwhile");
  await scene.ask("network", { server: 0, loss: 0 });
  await largest(far);
}
