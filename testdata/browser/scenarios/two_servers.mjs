// Two servers in one test: the same name on both, and each knows only its own.
import { same } from "../lib/scene.mjs";
import { Sdk } from "../lib/sdk.mjs";

export default async function (scene) {
  const [one, two] = scene.servers;
  const a = await Sdk.at(scene, "one", { ws: one.ws });
  const b = await Sdk.at(scene, "two", { ws: two.ws });
  await a.publish(scene.stream);
  await b.start("early", "play", { name: scene.stream });
  await b.reaches("early", "FAILED: Stream not found");
  await b.publish(scene.stream);
  await a.play(scene.stream, { key: "own" });
  await b.play(scene.stream, { key: "own" });
  await Promise.all([a.tab.plays(), b.tab.plays()]);
  await a.stop(scene.stream);
  await a.reaches("own", "FAILED: Stopped by publisher stop");
  await b.tab.plays();
  same((await b.statuses("own")).at(-1), "PLAYING", "the other server's player");
}
