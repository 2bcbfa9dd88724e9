// What must hold for what a server sends of telephone calls: names and statuses that go together, each call's order, and
// what a page can do with it.
import { flaws } from "./wire.mjs";

// what each message may say, whatever its name is otherwise good for: clients go by the status.
const said = {
  notifyTryingResponse: ["TRYING"],
  ring: ["RING", "RING_MEDIA", "SESSION_PROGRESS"],
  talk: ["ESTABLISHED"],
  hold: ["HOLD"],
  finish: ["FINISH", "BUSY", "FAILED"],
  notifyIncomingCall: ["RING", "PENDING"],
};
export const names = [...Object.keys(said), "registered", "notifyTransferEvent"];
const reasons = new Set([
  "Normal call clearing", "Failed by session creation", "Failed by ICE error", "Failed by RTP activity", "Failed by RTMP writer error",
  "Failed by DTLS fingerprint error", "No common codecs", "Failed by DTLS error", "Failed by error", "Failed by request timeout",
  "Transcoding required, but disabled",
]);

// Calls are those of one page.
export class Calls {
  #all = new Map(); // by id: {out, described, statuses}

  // knows tells whether an id is a call's; a description for a page comes before the call that it is of.
  knows(id, mine) {
    return this.#all.has(id) || mine === false;
  }

  see(id) {
    return this.#all.get(id) ?? this.#all.set(id, { statuses: [] }).get(id);
  }

  // asked takes what the page says.
  asked(message, body) {
    if (message === "call") this.see(body.callId).out = true;
  }

  // described takes a description: the answer to the page's, or an offer of the server's.
  described([id, sdp, answer], say) {
    const call = this.see(id);
    if (answer !== Boolean(call.out)) say(`the description says ${answer}, and the call is the ${call.out ? "page's" : "phone's"}`);
    if (call.described && !call.statuses.includes("RING_MEDIA")) say("a second description");
    call.described = true;
    if (call.out) for (const flaw of flaws(sdp)) say(flaw);
    else if (!sdp.includes("a=setup:actpass")) say("the offer leaves the page no DTLS role");
  }

  // told takes a message of a call.
  told(message, body, say) {
    if (!said[message]) return;
    if (!body?.callId) return say("it tells of no call");
    const call = this.see(body.callId);
    const last = call.statuses.at(-1);
    if (!said[message].includes(body.status)) say(`${message} says ${body.status}`);
    if (["FINISH", "BUSY", "FAILED"].includes(last)) say(`a status after ${last}`);
    if (message === "notifyIncomingCall" && !call.described) say("a call without an offer before it");
    if (["ESTABLISHED", "RING_MEDIA"].includes(body.status) && !call.described) say(`${body.status} before the description`);
    if (call.out && !call.statuses.length && body.status !== "TRYING" && message !== "finish") say("the first status is not TRYING");
    // Who refuses says why in his own words.
    if (message === "finish" && body.info && !(body.sipStatus >= 300) && !reasons.has(body.info)) say("an unknown reason");
    for (const field of ["caller", "callee"]) if (typeof body[field] !== "string") say(`"${field}" is ${typeof body[field]}`);
    call.statuses.push(body.status);
  }
}

// statuses lists what a tab was told of its calls, in order: ["TRYING", "RING", …].
export function statuses(tab, since = 0) {
  return tab.messages.slice(since).filter((m) => m.to === "page" && said[m.message]).map(({ data: [c] }) => c.status);
}
