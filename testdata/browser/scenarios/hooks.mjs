// The back end of an application: it is asked about all that a page wants, refuses, renames and hides, and hears what happened, in
// order. It is a server of the scenario's own, at the address that the settings name.
import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import { same, truth } from "../lib/scene.mjs";
import { Sdk } from "../lib/sdk.mjs";

const app = { appKey: "shop" };

// Backend notes what it is asked, and answers by the method's name what "answers" has for it, else what it was asked.
class Backend {
  asked = [];
  answers = {};

  static async listen(address) {
    const backend = new Backend();
    backend.server = createServer((request, response) => backend.#take(request, response));
    const [host, port] = address.split(":");
    await new Promise((resolve, reject) => backend.server.on("error", reject).listen(Number(port), host, resolve));
    return backend;
  }

  async #take(request, response) {
    const parts = [];
    for await (const part of request) parts.push(part);
    const text = Buffer.concat(parts).toString();
    const [, time, mac] = /^t=(\d+),v1=(\w+)$/.exec(request.headers["x-sluice-signature"]) ?? [];
    const signed = mac === createHmac("sha256", "shared").update(`${time}.${text}`).digest("hex");
    const method = request.url.replace("/hooks/", "");
    const body = JSON.parse(text);
    this.asked.push({ method, body, signed });
    const [status, answer] = this.answers[method]?.(body) ?? [200, body];
    response.writeHead(status, { "Content-Type": "application/json" });
    response.end(JSON.stringify(answer));
  }

  // hears waits until something was asked, and gives it.
  async hears(method, matches = () => true) {
    for (let wait = 0; wait < 600; wait++) {
      const found = this.asked.find((a) => a.method === method && matches(a.body));
      if (found) return found.body;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`${method} was not asked: ${this.of()}`);
  }

  // of lists what was asked of a session, as "METHOD STATUS".
  of(session) {
    return this.asked
      .filter(({ body }) => !session || body.sessionId === session)
      .map(({ method, body }) => [method, body.status ?? body.type].filter(Boolean).join(" "));
  }

  close() {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(resolve));
  }
}

export default async function (scene) {
  const backend = await Backend.listen(scene.servers[0].more);
  try {
    await play(scene, backend);
  } finally {
    await backend.close();
  }
}

async function play(scene, backend) {
  backend.answers.connect = (body) => [body.custom?.token === "good" ? 200 : 403, {
    ...body,
    custom: { role: "guest" },
    restClientConfig: {
      connect: { restPolicy: "OVERWRITE", restOverwrite: "custom" },
      publishStream: { restOnError: "FAIL", restPolicy: "OVERWRITE", restOverwrite: "name", restExclude: "sdp" },
      playStream: { restOnError: "FAIL", restPolicy: "OVERWRITE", restOverwrite: "name" },
      StreamStatusEvent: { clientExclude: "sdp" },
    },
  }];
  backend.answers.publishStream = (body) => (body.name === "forbidden" ? [403, {}] : [200, { name: `${body.name}-inside` }]);
  backend.answers.playStream = (body) => [200, { name: `${body.name}-inside` }];
  backend.answers.OnDataEvent = ({ payload }) => [payload === "bad" ? 500 : 200, {}];

  // Without the token nobody comes in, and hears why.
  const stranger = new Sdk(await scene.sdk("stranger"));
  const refused = await stranger.connect(scene.ws, app).then(() => "let in", String);
  truth(/DISCONNECTED/.test(refused), `a stranger is told ${refused}`);
  same((await stranger.tab.heard("fail")).data[0].info, "Restricted access", "why a stranger is refused");

  const sdk = await Sdk.at(scene, "page", { session: { ...app, custom: { token: "good" } } });
  const { page, tab } = sdk;
  const { custom, sessionId } = tab.messages.find((m) => m.message === "getUserData").data[0];
  same(custom, { role: "guest" }, "what the application makes of custom");

  // A publisher that is refused fails with the reason.
  const name = scene.stream;
  await sdk.start("forbidden", "publish", { name: "forbidden" });
  await page.waitForFunction(() => /^FAILED/.test(sluice.of("forbidden").at(-1)), null, { polling: 50 });
  same((await sdk.statuses("forbidden")).at(-1), "FAILED: Restricted access", "the publisher that is refused");

  // Another one is renamed; who plays its first name plays the other.
  await sdk.publish(name);
  const published = tab.messages.filter((m) => m.message === "notifyStreamStatusEvent").at(-1).data[0];
  same([published.name, published.sdp], [`${name}-inside`, undefined], "what the publisher hears");
  const viewer = await Sdk.at(scene, "viewer", { session: { ...app, custom: { token: "good" } } });
  await viewer.play(name);
  await viewer.tab.plays();
  const asked = await backend.hears("publishStream", (b) => b.name === name);
  truth(asked.sdp === undefined, "the back end got the offer that it did not want");

  // Data, events and their answers.
  const data = [];
  for (const payload of ["good", "bad"]) {
    data.push(await page.evaluate((p) => sluice.session.sendData(p).then(() => "taken", ({ info }) => info), payload));
  }
  same(data, ["taken", "Restricted access"], "data for the application");
  await sdk.call(name, "muteAudio");
  await viewer.hears(name, "audioMuted");
  await backend.hears("StreamEvent", (b) => b.type === "audioMuted");

  await viewer.stop(name);
  await viewer.reaches(name, "STOPPED: Stopped by user");
  await sdk.stop(name);
  await sdk.reaches(name, "UNPUBLISHED: Stopped by user");
  await sdk.disconnect();
  await backend.hears("ConnectionStatusEvent", (b) => b.sessionId === sessionId && b.status === "DISCONNECTED");

  same(backend.of(sessionId), [
    "connect", "ConnectionStatusEvent ESTABLISHED",
    "publishStream PENDING", "StreamStatusEvent FAILED",
    "publishStream PENDING", "StreamStatusEvent PUBLISHING",
    "OnDataEvent", "DataStatusEvent ACCEPTED", "OnDataEvent", "DataStatusEvent FAILED",
    "sendStreamEvent audioMuted",
    "unPublishStream PUBLISHING", "StreamStatusEvent UNPUBLISHED",
    "ConnectionStatusEvent DISCONNECTED",
  ], "what the back end heard, in order");
  truth(backend.asked.every((a) => a.signed), "a call is not signed");
  scene.notes.calls = backend.asked.length;
}
