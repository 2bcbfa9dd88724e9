// Every function of the SDK's REST module, in a page of another origin than the server's: what it resolves to, or the answer that it
// rejects with. What is about mixers is in rest_api.
import { same, truth } from "../lib/scene.mjs";
import { Sdk } from "../lib/sdk.mjs";

export default async function (scene) {
  const url = `http://${scene.servers[0].more}`;
  const name = scene.stream;
  const publisher = await Sdk.at(scene, "publisher");
  await publisher.page.addScriptTag({ url: `${scene.origin}/2.0.276/flashphoner-rest-api.js` });
  // The module rejects without a word first (onreadystatechange), so the answer is taken from the request itself.
  await publisher.page.evaluate(() => {
    window.asked = [];
    const open = XMLHttpRequest.prototype.open;
    XMLHttpRequest.prototype.open = function (method, to, ...more) {
      window.asked.push(this);
      return open.call(this, method, to, ...more);
    };
  });
  const call = (part, method, ...args) => publisher.page.evaluate(async ([base, p, m, a]) => {
    const parts = p.split(".");
    let api = FlashphonerRestApi.instance(base, base);
    for (const one of parts) api = api[one];
    try {
      return { status: 200, answer: (await api[m](...a)) ?? null };
    } catch {
      const xhr = window.asked.at(-1);
      await new Promise((done) => (xhr.readyState === 4 ? done() : xhr.addEventListener("loadend", done)));
      return { status: xhr.status, answer: JSON.parse(xhr.responseText) };
    }
  }, [url, part, method, args]);
  scene.forgive(/the server responded with a status of (4\d\d|501)/);
  const refused = async (statuses, part, method, ...args) => {
    const { status, answer } = await call(part, method, ...args);
    truth(statuses.includes(status), `${part}.${method}: ${status} ${JSON.stringify(answer)}`);
    for (const member of ["exception", "reason", "path", "error", "message", "timestamp", "status"]) {
      truth(answer[member] !== undefined, `${part}.${method}: no ${member} in ${JSON.stringify(answer)}`);
    }
  };
  const gives = async (part, method, ...args) => {
    const { status, answer } = await call(part, method, ...args);
    same(status, 200, `the status of ${part}.${method} (${JSON.stringify(answer)})`);
    return answer;
  };

  // Nothing is there yet, but the page itself.
  await refused([404], "stream", "findAll");
  await refused([404], "stream", "find", null, name, true);
  await refused([404], "stream", "terminate", "nobodys");
  const [connection] = await gives("connection", "findAll");
  same(connection.status, "ESTABLISHED", "the connection's status");
  same(connection.clientVersion, "2.0", "the connection's version");
  truth(connection.sessionId && connection.nodeId && connection.createDate > 1e12, JSON.stringify(connection));
  truth(!connection.authToken, "the connection tells its token");
  same((await gives("connection", "find", "2.0")).length, 1, "connections of that version");
  await refused([404], "connection", "find", "1.0");
  await refused([404], "connection", "terminate", "nobodys");
  await refused([404], "connection", "setLogLevel", "nobodys", "DEBUG");
  same(await gives("connection", "setLogLevel", connection.sessionId, "DEBUG"), null, "the answer to setLogLevel");

  await publisher.publish(name);
  await publisher.tab.sends();
  const id = await publisher.id(name);
  const [stream] = await gives("stream", "findAll");
  same([stream.mediaSessionId, stream.name, stream.status, stream.sessionId], [id, name, "PUBLISHING", connection.sessionId], "the stream");
  truth(stream.sdp.startsWith("v=0"), "the stream's offer");
  const [measured] = await gives("stream", "find", id, null, null, true);
  truth(measured.metrics.VIDEO_RATE >= 0 && measured.metrics.VIDEO_NACK >= 0, JSON.stringify(measured.metrics));

  const stat = await gives("stat", "poll");
  same(stat.connection.connections_websocket, "1", "connections");
  same([stat.stream.streams_webrtc_in, stat.stream.streams_webrtc_out], ["1", "0"], "streams");
  truth(+stat.core.core_threads > 0 && +stat.system.system_memory_total > 0, JSON.stringify(stat));

  // What a back end says to the page.
  const sent = await publisher.page.evaluate(async ([to, session]) => {
    const body = JSON.stringify({ sessionId: session, operationId: "op-1", payload: { count: 23 } });
    return (await fetch(`${to}/rest-api/data/send`, { method: "POST", headers: { "Content-Type": "application/json" }, body })).status;
  }, [url, connection.sessionId]);
  same(sent, 200, "the status of data/send");
  await publisher.tab.heard("OnDataEvent", (m) => m.operationId === "op-1" && m.payload.count === 23);

  // What there is none of, or what this server does not have.
  for (const [part, method, ...args] of [
    ["pull", "findAll"], ["pull", "terminate", "a", "b"], ["push", "find", "nobodys", "rtmp://127.0.0.1:1/live"], ["push", "findAll"],
    ["push", "terminate", "nobodys"], ["push", "mute", "nobodys"], ["push", "unmute", "nobodys"],
    ["push", "push", "nobodys", "rtmp://127.0.0.1:9/live"],
    ["rtsp", "find", "rtsp://nobodys/x"], ["rtsp", "findAll"], ["rtsp", "terminate", "rtsp://nobodys/x"],
    ["api", "findAll"], ["api", "terminate", { sipLogin: "1" }], ["api", "call", { wcsCallAgentId: "1", callee: "2" }],
    ["api", "hangup", { wcsCallAgentId: "1" }], ["call", "findAll"], ["call", "find", { callId: "1" }], ["call", "terminate", { callId: "1" }],
    ["call", "sendDtmf", { callId: "1", dtmf: "1", type: "RFC2833" }], ["call", "injectSound", { callId: "1", fileName: "a.wav" }],
    ["call.injectStream", "startup", { callId: "1", streamName: name }], ["call.injectStream", "terminate", { callId: "1" }],
    ["mixer", "findAll"], ["mixer", "terminate", { uri: "mixer://nobodys" }],
  ]) {
    await refused([404], part, method, ...args);
  }
  await refused([400], "api", "createSession", { urlServer: scene.ws, sipLogin: "1" }); // at which registrar?
  await refused([400], "call", "startup", { callId: "1", callee: "2" });
  await refused([501], "cdn", "showRoutes");
  await refused([403], "pull", "pull", "ws://127.0.0.1:9", "a", "b"); // an address inside
  await refused([404], "pull", "push", "ws://127.0.0.1:9", "nobodys", "b");

  for (const [part, method, ...args] of [
    ["push", "soundOn", "nobodys", "nobodys.wav", true], ["rtsp", "pull", "nobodys"], ["mixer", "startup", { uri: "nobodys" }],
    ["mixer", "add", { uri: "mixer://nobodys" }], ["mixer", "remove", {}], ["stream", "terminate", null],
  ]) {
    await refused([400], part, method, ...args);
  }

  same(await gives("stream", "terminate", id), null, "the answer to terminate");
  await publisher.reaches(name, "UNPUBLISHED: Stopped by rest /terminate");
  same(await gives("connection", "terminate", connection.sessionId), null, "the answer to terminate");
  await publisher.page.waitForFunction(() => sluice.sessions.includes("DISCONNECTED"));
}
