// The checks of what a server sends find what they are for. `node --test lib` runs this.
import assert from "node:assert/strict";
import { test } from "node:test";
import { flaws, socketFlaws, violations } from "./wire.mjs";

const sdp = [
  "v=0",
  "o=- 1 1 IN IP4 127.0.0.1",
  "m=audio 9 UDP/TLS/RTP/SAVPF 111",
  "a=setup:passive",
  "a=candidate:1 1 udp 2130706431 127.0.0.1 31000 typ host",
  "a=msid:s audio",
  "a=rtpmap:111 opus/48000/2",
  "a=fmtp:111 minptime=10;useinbandfec=1",
  "m=video 9 UDP/TLS/RTP/SAVPF 96",
  "a=msid:s video",
  "a=rtpmap:96 VP8/90000",
  "",
].join("\r\n");

const whole = {
  nodeId: "n", appKey: "defaultApp", sessionId: "s", mediaSessionId: "p", name: "cam", published: true, hasVideo: true,
  hasAudio: true, status: "PUBLISHING", record: false, width: 0, height: 0, bitrate: 0, minBitrate: 0, maxBitrate: 0,
  quality: 0, history: false, gop: 0, fps: 0, audioBitrate: 0, codecImpl: "", transport: "UDP", cvoExtension: false,
  createDate: 1, mediaType: "publish", mediaProvider: "WebRTC", audioState: { muted: false }, videoState: { muted: false },
};

const to = (who, message, ...data) => ({ to: who, message, data, raw: JSON.stringify({ message, data }) });
const asked = to("server", "publishStream", { mediaSessionId: "p" });
const answered = to("page", "setRemoteSDP", "p", sdp, true);
const status = (more) => to("page", "notifyStreamStatusEvent", { ...whole, ...more });
const { nodeId: _, ...nameless } = whole;

test("a server that does everything right", () => {
  const talk = [asked, answered, status({}), status({ status: "UNPUBLISHED", info: "Stopped by user" })];
  assert.deepEqual(violations(talk), []);
});

test("a page that asks again to stop what has stopped", () => {
  const stop = to("server", "unPublishStream", { mediaSessionId: "p" });
  const gone = status({ status: "FAILED", info: "Stopped by user" });
  const talk = [asked, answered, status({}), stop, stop, status({ status: "UNPUBLISHED", info: "Stopped by user" }), gone];
  assert.deepEqual(violations(talk), []);
  assert.equal(violations([...talk, gone]).length, 1);
});

const wrong = {
  "unknown message": [to("page", "hello", {})],
  "data is not an array": [{ to: "page", message: "ping", data: undefined }],
  "an answer to nothing": [answered],
  "a second answer": [asked, answered, answered],
  "an answer after FAILED": [asked, status({ status: "FAILED", info: "No common codecs" }), answered],
  "the third part of an answer is not true": [asked, to("page", "setRemoteSDP", "p", sdp)],
  "a status of nothing": [status({})],
  "a status after UNPUBLISHED": [asked, answered, status({ status: "UNPUBLISHED" }), status({ status: "STOPPED" })],
  "an unknown status": [asked, answered, status({ status: "READY" })],
  "an unknown reason": [asked, answered, status({ info: "because" })],
  "media before the answer": [asked, status({})],
  "FAILED without a reason": [asked, status({ status: "FAILED" })],
  '"nodeId" is undefined and not string': [asked, answered, to("page", "notifyStreamStatusEvent", nameless)],
  "an event of nothing": [to("page", "notifyStreamEvent", { mediaSessionId: "p", type: "data" })],
  "an unknown event": [asked, to("page", "notifyStreamEvent", { mediaSessionId: "p", type: "datum" })],
  "a size without numbers": [asked, to("page", "notifyStreamEvent", { mediaSessionId: "p", type: "resize", payload: {} })],
  'availability is neither "true" nor "false"': [to("page", "availableStream", { id: "p", status: true })],
  "neither ACCEPTED nor FAILED": [to("page", "DataStatusEvent", { status: "OK" })],
};

for (const [what, talk] of Object.entries(wrong)) {
  test(what, () => assert.ok(violations(talk).some((v) => v.startsWith(what)), violations(talk).join("\n")));
}

const session = (clientVersion) => to("server", "connection", { clientVersion });
const resize = to("page", "notifyStreamEvent", { mediaSessionId: "p", type: "resize", payload: { streamerVideoWidth: 4, streamerVideoHeight: 3 } });

test("sizes are statuses for old clients, and events for others", () => {
  const [past, now] = [session("2.0.218"), session("2.0")];
  const status2 = status({ status: "RESIZE" });
  assert.deepEqual(violations([past, asked, answered, status({}), status2]), []);
  assert.deepEqual(violations([now, asked, answered, status({}), resize]), []);
  assert.equal(violations([now, asked, answered, status({}), status2]).length, 1);
  assert.equal(violations([past, asked, answered, status({}), resize]).length, 1);
});

const damaged = {
  "lines without CR": sdp.replaceAll("\r\n", "\n"),
  "DTLS role": sdp.replace("a=setup:passive", "a=setup:actpass"),
  "no candidate": sdp.replace(/a=candidate.*\r\n/, ""),
  "without encryption": sdp.replace("UDP/TLS/RTP/SAVPF 111", "RTP/AVP 111"),
  "small letters": sdp.replace("opus", "OPUS"),
  "not right behind": sdp.replace("a=rtpmap:111 opus/48000/2\r\n", "a=rtpmap:111 opus/48000/2\r\na=rtcp-fb:111 transport-cc\r\n"),
  "not of one stream": sdp.replace("a=msid:s video", "a=msid:t video"),
};

for (const [what, text] of Object.entries(damaged)) {
  test(`an answer: ${what}`, () => assert.ok(flaws(text).some((f) => f.includes(what)), flaws(text).join("\n")));
}

const mse = "v=0\r\nm=video 9 RTP/AVP 112\r\na=rtpmap:112 H264/90000\r\nm=audio 9 RTP/AVP 108\r\n";
test("an answer to a player of a WebSocket", () => assert.deepEqual(socketFlaws(mse, "MSE"), []));
for (const [what, text] of Object.entries({
  "the answer takes nothing": mse.replaceAll(" 9 ", " 0 "),
  "the answer has other formats than the offer": mse.replace("112\r", "96\r"),
  "the answer has lines without CR": mse.replace("\r", ""),
  "the pictures are another player's": mse.replaceAll("112", "32").replace("H264", "MPV"),
})) {
  test(`an answer to a player of a WebSocket: ${what}`, () => assert.ok(socketFlaws(text, "MSE").includes(what), socketFlaws(text, "MSE").join("\n")));
}
