// A network that dies while it carries media, and one that was never there: the server says which of the two it was, and the
// player of a publisher that is gone is told that.
import { truth } from "../lib/scene.mjs";
import { Sdk } from "../lib/sdk.mjs";

export default async function (scene) {
  const { detour } = scene.args;
  await scene.ask("network", { server: 0, loss: 0 });
  const publisher = await Sdk.at(scene, "publisher", { detour });
  const player = await Sdk.at(scene, "player");
  const far = await Sdk.at(scene, "far", { detour });
  const name = scene.stream;
  await publisher.publish(name, { transport: "UDP" });
  await player.play(name, { transport: "UDP" });
  await far.play(name, { transport: "UDP" });
  await Promise.all([player.tab.plays({ frames: 5 }), far.tab.plays({ frames: 5 })]);

  await scene.ask("network", { server: 0, loss: 1 });
  await publisher.reaches(name, "FAILED: Failed by ICE keep alive");
  await player.reaches(name, "FAILED: Stopped by publisher stop");
  await far.page.waitForFunction((k) => sluice.of(k).at(-1).startsWith("FAILED"), name);
  const last = (await far.statuses(name)).at(-1);
  truth(/: (Failed by ICE keep alive|Stopped by publisher stop)$/.test(last), `who played through it is told ${last}`);

  await publisher.start("never", "publish", { name: `${name}-never`, transport: "UDP" });
  await publisher.reaches("never", "FAILED: Failed by ICE timeout");
  await scene.ask("network", { server: 0, loss: 0 });
  await publisher.publish(name, { key: "again", transport: "UDP" });
  await player.play(name, { key: "again", transport: "UDP" });
  await player.tab.plays({ frames: 5 });
}
