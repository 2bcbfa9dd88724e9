// What belongs to sessions and not to streams: a clean and quick close, several sessions of one page, data for the server, a
// client that probes, too, wrong calls, and servers that are not there.
import { same, truth } from "../lib/scene.mjs";
import { Sdk } from "../lib/sdk.mjs";

export default async function (scene) {
  const sdk = await Sdk.at(scene, "page", { ws: `${scene.ws}/any/path?token=x`, session: { pingInterval: 100, custom: { who: "me" } } });
  const { page, tab } = sdk;
  const asked = tab.messages.find((m) => m.message === "connection").data[0];
  const got = tab.messages.find((m) => m.message === "getUserData").data[0];
  same([got.appKey, got.custom, got.clientVersion], [asked.appKey, asked.custom, asked.clientVersion], "what comes back");
  truth(got.authToken && got.sessionId && got.nodeId, "a session without names");

  // The server's probes come, and are answered.
  await tab.heard("ping");
  await tab.said("pong");
  await tab.said("ping");

  const data = await page.evaluate(() => sluice.session.sendData({ hello: [1, 2, 3] }).then((r) => ["resolved", r], (r) => ["rejected", r]));
  truth(["resolved", "rejected"].includes(data[0]), `data: ${JSON.stringify(data)}`);
  scene.notes.data = data;

  await page.evaluate(() => sluice.session.startDebug());
  await tab.heard("notifySessionDebugEvent");
  await page.evaluate(() => sluice.session.stopDebug());

  // Two sessions in one page, each with a stream of its own; the end of one does not touch the other.
  await sdk.publish(`${scene.stream}-1`);
  const other = await Sdk.at(scene, "other");
  await other.play(`${scene.stream}-1`);
  await page.evaluate((url) => new Promise((resolve) => {
    sluice.second = Flashphoner.createSession({ urlServer: url }).on("ESTABLISHED", resolve);
  }), scene.ws);
  await page.evaluate(() => new Promise((resolve) => sluice.second.on("DISCONNECTED", resolve).disconnect()));
  await other.tab.plays();

  // A close is answered with a close: the browser calls it clean, and does not wait.
  const closed = await page.evaluate((url) => new Promise((resolve) => {
    const socket = new WebSocket(url);
    socket.onopen = () => socket.close();
    socket.onclose = ({ wasClean, code }) => resolve({ wasClean, code });
  }), scene.ws);
  truth(closed.wasClean, `the close is not clean: ${JSON.stringify(closed)}`);

  // Who speaks nonsense is told so; nobody else notices.
  const told = await page.evaluate((url) => new Promise((resolve) => {
    const socket = new WebSocket(url);
    socket.onopen = () => socket.send("{");
    socket.onmessage = ({ data }) => (socket.close(), resolve(JSON.parse(data)));
  }), scene.ws);
  same(told.message, "fail", "the answer to nonsense");
  await other.tab.plays({ frames: 5 });
  scene.forgive(/WebSocket is already in CLOSING or CLOSED state/); // the SDK probes on
  await sdk.disconnect();
  await other.reaches(`${scene.stream}-1`, "FAILED: Stopped by publisher stop");

  // A dead port: the session fails, and says so.
  scene.forgive(/WebSocket connection to 'ws:\/\/127\.0\.0\.1:32435\/' failed/);
  const dead = new Sdk(await scene.sdk("dead"));
  const refused = await dead.connect("ws://127.0.0.1:32435").then(() => "", String);
  truth(/FAILED/.test(refused), `a dead port gives ${refused}`);
}
