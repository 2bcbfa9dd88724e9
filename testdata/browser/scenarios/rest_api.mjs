// The REST module of the Web SDK, in a page of another origin than the server's: mixers, and what is refused. Transcoders have no part in
// the module, so that the page calls them as it does all others.
import { same, truth } from "../lib/scene.mjs";
import { Sdk } from "../lib/sdk.mjs";

export default async function (scene) {
  const url = `http://${scene.servers[0].more}`;
  const name = scene.stream;
  const publisher = await Sdk.at(scene, "publisher");
  await publisher.publish(name);
  const { page } = publisher;
  await page.addScriptTag({ url: `${scene.origin}/2.0.276/flashphoner-rest-api.js` });
  // call calls a function of the module, and gives what it resolves to, or the answer that it rejects with.
  const call = (part, method, ...args) => page.evaluate(async ([base, p, m, a]) => {
    const api = FlashphonerRestApi.instance(base, base);
    try {
      return { answer: (await api[p][m](...a)) ?? null };
    } catch (xhr) {
      return { status: xhr?.status, problem: xhr && JSON.parse(xhr.responseText || "null") };
    }
  }, [url, part, method, args]);
  const post = (path, body) => page.evaluate(async ([to, b]) => {
    const a = await fetch(to, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(b) });
    const text = await a.text();
    return { status: a.status, answer: text && JSON.parse(text) };
  }, [`${url}/rest-api${path}`, body]);

  scene.forgive(/the server responded with a status of 4\d\d/);
  const uri = "mixer://hall";
  const none = await call("mixer", "findAll");
  truth(none.answer === undefined, `mixers before there are any: ${JSON.stringify(none)}`);
  same((await call("mixer", "startup", { uri, localStreamName: `${name}-hall` })).answer, null, "the answer to startup");
  same((await call("mixer", "add", { uri, remoteStreamName: name, hasVideo: "true", hasAudio: true })).answer, null, "the answer to add");
  const { answer: [mixer] } = await call("mixer", "findAll");
  same(mixer.uri, uri, "the mixer's uri");
  same(mixer.localStreamName, `${name}-hall`, "the mixer's stream");
  const player = await Sdk.at(scene, "player");
  await player.play(`${name}-hall`);
  await player.tab.plays();
  same((await call("mixer", "remove", { uri, remoteStreamName: name })).answer, null, "the answer to remove");
  same((await call("mixer", "terminate", { uri })).answer, null, "the answer to terminate");
  truth((await call("mixer", "findAll")).answer === undefined, "the mixer is there after it was terminated");

  const small = { uri: "transcoder://small", remoteStreamName: name, localStreamName: `${name}-small`, encoder: { width: "160", codec: "VP8" } };
  same((await post("/transcoder/startup", small)).status, 200, "the status of startup");
  same((await post("/transcoder/startup", small)).status, 409, "the status of a second startup");
  const wrong = await post("/transcoder/startup", { ...small, uri: "transcoder://wrong", encoder: { width: 8 } });
  same(wrong.status, 400, "the status of a bad width");
  same(wrong.answer.message, `"encoder.width": 8 is not between 16 and 4096`, "what is wrong");
  const viewer = await Sdk.at(scene, "viewer");
  await viewer.play(`${name}-small`);
  await viewer.tab.plays();
  same(await viewer.page.evaluate(() => document.querySelector("video").videoWidth), 160, "the width of the pictures");
  await scene.shot(viewer.tab, "small");
  same((await post("/transcoder/terminate", { uri: small.uri })).status, 200, "the status of terminate");
  same((await post("/transcoder/find_all", {})).status, 404, "the status of find_all where there is nothing");
}
