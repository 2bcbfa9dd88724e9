// What a page publishes on one server is pulled by another, and pushed to it, by the REST API; a page at the other server sees both.
import { same, truth } from "../lib/scene.mjs";
import { Sdk } from "../lib/sdk.mjs";

export default async function (scene) {
  const [one, two] = scene.servers;
  const call = async (server, path, body) => {
    const answer = await fetch(`http://${server.more}/rest-api/pull${path}`, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), signal: AbortSignal.timeout(10_000),
    });
    return { status: answer.status, text: await answer.text() };
  };
  const good = async (...args) => same((await call(...args)).status, 200, `the status of ${args[1]}`);

  const publisher = await Sdk.at(scene, "publisher", { ws: one.ws });
  await publisher.publish(scene.stream);
  await publisher.tab.sends();
  const [pulled, pushed] = [`${scene.stream}-pulled`, `${scene.stream}-pushed`];
  await good(two, "/pull", { uri: one.ws, localStreamName: pulled, remoteStreamName: scene.stream });
  await good(one, "/push", { uri: two.ws, localStreamName: scene.stream, remoteStreamName: pushed });
  const viewer = await Sdk.at(scene, "viewer", { ws: two.ws });
  for (const name of [pulled, pushed]) {
    for (let tries = 0; ; tries++) { // until the servers have agreed
      const key = `${name}-${tries}`;
      await viewer.start(key, "play", { name });
      await viewer.page.waitForFunction((k) => /^(PLAYING|FAILED)/.test(sluice.of(k).at(-1) ?? ""), key);
      if ((await viewer.statuses(key)).at(-1) === "PLAYING") break;
      truth(tries < 50, `${name} does not come`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  const seen = await viewer.tab.plays();
  same(seen.length, 2, "streams that are played");
  await good(one, "/terminate", { localStreamName: scene.stream, remoteStreamName: pushed });
  await good(two, "/terminate", { uri: one.ws });
  same((await call(two, "/terminate", { uri: one.ws })).status, 404, "the status of a second terminate");
}
