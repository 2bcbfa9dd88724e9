// What must hold for everything that a server sends a page, whatever the scenario: the shape of messages, the words of
// statuses and reasons, their order, and the SDP of answers.

import { Calls, names as ofCalls } from "./calls.mjs";

const statuses = new Set(["PENDING", "PUBLISHING", "PLAYING", "PAUSED", "UNPUBLISHED", "STOPPED", "FAILED", "PLAYBACK_PROBLEM"]);
const old = new Set(["RESIZE", "NOT_ENOUGH_BANDWIDTH", "SNAPSHOT_COMPLETE"]); // events now; statuses up to 2.0.218
const terminal = new Set(["UNPUBLISHED", "STOPPED", "FAILED"]);

// fields are what every status carries, with the type of each.
const fields = {
  nodeId: "string", appKey: "string", sessionId: "string", mediaSessionId: "string", name: "string", published: "boolean",
  hasVideo: "boolean", hasAudio: "boolean", status: "string", record: "boolean", width: "number", height: "number",
  bitrate: "number", minBitrate: "number", maxBitrate: "number", quality: "number", history: "boolean", gop: "number",
  fps: "number", audioBitrate: "number", codecImpl: "string", transport: "string", cvoExtension: "boolean",
  createDate: "number", mediaType: "string", mediaProvider: "string", audioState: "object", videoState: "object",
};

// reasons are the words that clients know (STREAM_STATUS_INFO of the SDK).
const reasons = new Set([
  "Failed by ICE error", "Failed by ICE timeout", "Failed by ICE keep alive", "Failed by DTLS fingerprint error",
  "Failed by DTLS error", "Failed by HLS writer error", "Failed by RTMP writer error", "Failed by RTP activity",
  "Stopped by session disconnect", "Stopped by rest /terminate", "Stopped by publisher stop", "Stopped by user",
  "Failed by error", "Failed to add stream to proxy", "Distributor stopped", "Publish stream is not ready",
  "Stream not found", "Stream name is already in use", "MediaSessionId is null", "MediaSessionId is already in use",
  "Session not ready", "Session does not exist", "Rtsp has wrong format", "File has wrong format",
  "Failed to connect to rtsp stream", "Rtsp stream not found", "RtspAgent shutdown", "Stream failed", "No common codecs",
  "Bad URI", "Got exception while streaming file", "Requested stream shutdown", "Failed to read file", "File not found",
  "Failed to connect to origin stream", "CDN stream not found", "Failed to get agent storage",
  "Agent servicing origin stream is shutting down", "Terminated by keep-alive", "Transcoding required, but disabled",
  "Restricted access", "No available transcoders",
]);

const events = new Set(["audioMuted", "audioUnmuted", "videoMuted", "videoUnmuted", "data", "snapshotCompleted",
  "snapshotFailed", "resize", "notEnoughBandwidth"]);

const names = new Set(["ping", "getUserData", "getVersion", "fail", "setRemoteSDP", "notifyStreamStatusEvent",
  "notifyStreamEvent", "availableStream", "DataStatusEvent", "OnDataEvent", "inboundVideoRate", "outboundVideoRate",
  "notifySessionDebugEvent", ...ofCalls]);

// violations lists what a server did wrong in a tab's messages.
export function violations(messages) {
  const streams = new Map(); // by mediaSessionId: what was seen of it
  const [, third] = messages.find((m) => m.message === "connection")?.data[0].clientVersion?.match(/^2\.0\.(\d+)$/) ?? [];
  const ancient = Number(third) <= 218;
  const calls = new Calls();
  const wrong = [];
  const see = (id) => streams.get(id) ?? streams.set(id, { answers: 0, asked: 0, stops: 0 }).get(id);
  for (const m of messages) {
    const body = m.data?.[0];
    if (m.to === "server") {
      calls.asked(m.message, body);
      if (m.message === "publishStream" || m.message === "playStream") {
        const stream = see(body.mediaSessionId);
        stream.asked++;
        stream.provider = body.mediaProvider;
      }
      if (m.message === "snapshot") see(body.mediaSessionId).pictured = true;
      if (m.message === "unPublishStream" || m.message === "stopStream") see(body.mediaSessionId).stops++;
      continue;
    }
    if (m.message.startsWith("(")) continue;
    const say = (what) => wrong.push(`${what}: ${String(m.raw).slice(0, 300)}`);
    if (!names.has(m.message)) say("unknown message");
    if (!Array.isArray(m.data)) say("data is not an array");
    if (m.message === "setRemoteSDP") {
      if (calls.knows(m.data[0], m.data[2])) calls.described(m.data, say);
      else answer(m.data, see, say);
    }
    calls.told(m.message, body, say);
    if (m.message === "notifyStreamStatusEvent") status(body, see, say, ancient);
    if (m.message === "notifyStreamEvent") event(body, see, say, ancient);
    if (m.message === "availableStream" && !["true", "false"].includes(body?.status)) say('availability is neither "true" nor "false"');
    if (m.message === "DataStatusEvent" && !["ACCEPTED", "FAILED"].includes(body?.status)) say("neither ACCEPTED nor FAILED");
  }
  return wrong;
}

function answer([id, sdp, first], see, say) {
  const stream = see(id);
  if (!stream.asked) say("an answer to nothing");
  if (++stream.answers > 1) say("a second answer");
  if (stream.status && stream.status !== "PENDING") say(`an answer after ${stream.status}`);
  if (first !== true) say("the third part of an answer is not true");
  for (const flaw of stream.provider === "MSE" || stream.provider === "WSPlayer" ? socketFlaws(sdp, stream.provider) : flaws(sdp)) say(flaw);
}

// flaws are what a browser, or the SDK, could trip over in an answer.
export function flaws(sdp) {
  const found = [];
  const lines = sdp.split("\r\n");
  if (sdp.replaceAll("\r\n", "").includes("\n")) found.push("the answer has lines without CR");
  if (!lines.includes("a=setup:passive") && !lines.includes("a=setup:active")) found.push("the answer does not choose its DTLS role");
  if (!lines.some((l) => l.startsWith("a=candidate:"))) found.push("the answer has no candidate");
  if (lines.some((l) => /^m=.* RTP\/AVP /.test(l))) found.push("the answer has media without encryption");
  if (lines.some((l) => /^a=rtpmap:\d+ OPUS/.test(l))) found.push("opus is not in small letters");
  const streams = new Set(lines.map((l) => l.match(/^a=msid:(\S+) /)?.[1]).filter(Boolean));
  if (streams.size > 1) found.push("picture and sound are not of one stream: the SDK shows only the last");
  lines.forEach((line, i) => {
    const pt = line.match(/^a=rtpmap:(\d+) /)?.[1];
    const fmtp = pt && lines.findIndex((l) => l.startsWith(`a=fmtp:${pt} `));
    if (pt && fmtp > 0 && fmtp !== i + 1) found.push(`a=fmtp:${pt} is not right behind its rtpmap`);
  });
  return found;
}

// socketFlaws are what could be wrong with an answer to a player whose media comes through a WebSocket.
export function socketFlaws(sdp, provider) {
  const found = [];
  if (sdp.replaceAll("\r\n", "").includes("\n")) found.push("the answer has lines without CR");
  const media = sdp.match(/^m=(video \d+ RTP\/AVP (112|32)|audio \d+ RTP\/AVP (0|9[6-9]|10[02348]))\r$/gm) ?? [];
  if (media.length !== (sdp.match(/^m=/gm) ?? []).length) found.push("the answer has other formats than the offer");
  if (!media.some((line) => !/^m=\w+ 0 /.test(line))) found.push("the answer takes nothing");
  if ((provider === "MSE") !== sdp.includes("H264/90000") && /^m=video/m.test(sdp)) found.push("the pictures are another player's");
  return found;
}

function status(body, see, say, ancient) {
  const stream = see(body?.mediaSessionId);
  if (!stream.asked) say("a status of nothing");
  // A page that asks again to stop what has stopped, as mcu_client does, is told so each time.
  if (terminal.has(stream.status) && !(body.status === "FAILED" && --stream.stops > 0)) say(`a status after ${stream.status}`);
  if (old.has(body.status)) return ancient || say("a status that is an event now");
  if (!statuses.has(body.status)) say("an unknown status");
  if (body.info && !reasons.has(body.info)) say("an unknown reason");
  if (["PUBLISHING", "PLAYING"].includes(body.status) && !stream.answers) say("media before the answer");
  if (body.status === "FAILED" && !body.info) say("FAILED without a reason");
  for (const [field, type] of Object.entries(fields)) {
    if (typeof body[field] !== type) say(`"${field}" is ${typeof body[field]} and not ${type}`);
  }
  stream.status = body.status;
}

function event(body, see, say, ancient) {
  const stream = see(body?.mediaSessionId);
  if (!stream.asked && !(stream.pictured && /^snapshot/.test(body.type))) say("an event of nothing");
  if (terminal.has(stream.status)) say(`an event after ${stream.status}`);
  if (!events.has(body.type)) say("an unknown event");
  const { streamerVideoWidth: w, streamerVideoHeight: h } = body.payload ?? {};
  if (ancient && ["resize", "notEnoughBandwidth", "snapshotCompleted"].includes(body.type)) say("an event that this client knows as a status");
  if (body.type === "resize" && !(w > 0 && h > 0)) say("a size without numbers");
}
