// A client of WHIP (RFC 9725) and WHEP (draft-ietf-wish-whep): one offer, candidates as they are found, ICE restart when the
// network changes, and an end that the server hears of.

/** A failed request, with what the server said of it (RFC 9457). */
export class Refused extends Error {
  constructor(response, problem) {
    const hint = problem?.hint ? ` (${problem.hint})` : '';
    super(`${response.status}: ${problem?.detail || problem?.title || response.statusText}${hint}`);
    this.status = response.status;
    this.retryAfter = Number(response.headers.get('Retry-After')) || 0;
  }
}

/** The STUN and TURN servers of an answer's Link headers. */
export function iceServers(response) {
  const header = response.headers.get('Link') || '';
  const servers = [];
  for (const [, url, rest] of header.matchAll(/<([^>]*)>((?:\s*;\s*[\w-]+="(?:[^"\\]|\\.)*")*)/g)) {
    const of = {};
    for (const [, name, value] of rest.matchAll(/([\w-]+)="((?:[^"\\]|\\.)*)"/g)) {
      of[name] = value.replace(/\\(.)/g, '$1');
    }
    if (of.rel === 'ice-server') {
      servers.push(of.username ? { urls: url, username: of.username, credential: of.credential } : { urls: url });
    }
  }
  return servers;
}

/** The address of a stream's endpoint, relative to the page, so that the page may lie below any prefix. */
export function endpoint(stream, protocol) {
  return `${stream.split('/').map(encodeURIComponent).join('/')}/${protocol}`;
}

const fragmentType = 'application/trickle-ice-sdpfrag';

/** The first line of an SDP that begins so, without that beginning. */
const first = (sdp, start) => sdp.split(/\r?\n/).find((line) => line.startsWith(start))?.slice(start.length);

/** One session: media one way between this page and the server. */
export class Session {
  #url;
  #token;
  #location = '';
  #tag = '';
  #answer = '';
  #found = []; // candidates that the server does not know yet
  #queue = Promise.resolve(); // requests go one after the other
  #ended = false;

  /** The RTCPeerConnection, once there is one. */
  pc = null;

  /** Called with "connecting", "connected", "reconnecting" and "ended". */
  onstate = () => {};

  constructor(url, token) {
    this.#url = new URL(url, document.baseURI);
    this.#token = token;
  }

  /** Connects. prepare(pc) adds what is to be sent or received. */
  async start(prepare) {
    this.onstate('connecting');
    const options = await fetch(this.#url, { method: 'OPTIONS', headers: this.#headers() });
    if (this.#ended) return;
    this.pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle', iceServers: iceServers(options) });
    this.pc.addEventListener('icecandidate', ({ candidate }) => this.#candidate(candidate));
    this.pc.addEventListener('connectionstatechange', () => this.#connection());
    prepare(this.pc);
    await this.pc.setLocalDescription();
    const response = await this.#request(this.#url, 'POST', 'application/sdp', this.pc.localDescription.sdp);
    this.#location = new URL(response.headers.get('Location'), this.#url);
    this.#tag = response.headers.get('ETag');
    this.#answer = await response.text();
    if (this.#ended) {
      this.#remove();
      return;
    }
    await this.pc.setRemoteDescription({ type: 'answer', sdp: this.#answer });
    this.#watchTransport();
    this.#trickle();
  }

  /** Ends the session. It may be called at any time, and again. */
  stop() {
    if (this.#ended) return;
    this.#ended = true;
    this.pc?.close();
    if (this.#location) this.#remove();
    this.onstate('ended');
  }

  #headers(more) {
    return this.#token ? { Authorization: `Bearer ${this.#token}`, ...more } : { ...more };
  }

  async #request(url, method, type, body, more) {
    const response = await fetch(url, { method, headers: this.#headers({ 'Content-Type': type, ...more }), body });
    if (response.ok) return response;
    throw new Refused(response, await response.json().catch(() => null));
  }

  /** keepalive has the request sent even while the page is being closed. */
  #remove() {
    fetch(this.#location, { method: 'DELETE', headers: this.#headers(), keepalive: true }).catch(() => {});
  }

  #connection() {
    if (this.#ended) return;
    const state = this.pc.connectionState;
    if (state === 'connected') this.onstate('connected');
    if (state === 'disconnected') this.onstate('reconnecting');
    if (state === 'failed') this.#restart();
    if (state === 'closed') this.stop();
  }

  /** The server says goodbye by DTLS. To the connection itself that is a network that is gone, and may come back. */
  #watchTransport() {
    const transport = this.pc.getTransceivers().map((t) => t.sender.transport).find(Boolean);
    transport?.addEventListener('statechange', () => {
      if (transport.state !== 'closed') return;
      this.#location = ''; // there is nothing left to delete
      this.stop();
    });
  }

  #candidate(candidate) {
    // The candidates of the first media section are those of the whole bundle.
    if (candidate?.candidate && candidate.sdpMLineIndex === 0) this.#found.push(candidate.candidate);
    if (this.#location) this.#trickle();
  }

  /** Sends what was found since the last time, in one request. */
  #trickle() {
    this.#queue = this.#queue.then(async () => {
      if (this.#ended || this.#found.length === 0) return;
      const body = this.#fragment(this.#found.splice(0));
      await this.#request(this.#location, 'PATCH', fragmentType, body, { 'If-Match': this.#tag });
    }).catch((error) => console.warn('candidates were not taken:', error.message));
  }

  /** Asks for another ICE session (RFC 9725 4.3.3). Its candidates have to wait for its entity-tag, and so for their turn. */
  #restart() {
    this.onstate('reconnecting');
    this.#queue = this.#queue.then(() => this.#renew()).catch((error) => {
      console.warn('the connection cannot be renewed:', error.message);
      this.stop();
    });
  }

  /** A fragment as of RFC 8840 with candidates of the present offer. */
  #fragment(candidates) {
    const sdp = this.pc.localDescription.sdp;
    return [
      `a=ice-ufrag:${first(sdp, 'a=ice-ufrag:')}`,
      `a=ice-pwd:${first(sdp, 'a=ice-pwd:')}`,
      `m=${first(sdp, 'm=')}`,
      `a=mid:${first(sdp, 'a=mid:')}`,
      ...candidates.map((line) => `a=${line}`),
      '',
    ].join('\r\n');
  }

  /** The answer to the new offer is the old one with the credentials and candidates of the server's fragment. */
  async #renew() {
    if (this.#ended) return;
    this.#found = [];
    await this.pc.setLocalDescription(await this.pc.createOffer({ iceRestart: true }));
    const response = await this.#request(this.#location, 'PATCH', fragmentType, this.#fragment([]), { 'If-Match': '*' });
    this.#tag = response.headers.get('ETag');
    const fragment = await response.text();
    const candidates = fragment.split(/\r?\n/).filter((line) => line.startsWith('a=candidate:'));
    let placed = false;
    this.#answer = this.#answer.split(/\r?\n/).flatMap((line) => {
      if (line.startsWith('a=ice-ufrag:')) return [`a=ice-ufrag:${first(fragment, 'a=ice-ufrag:')}`];
      if (line.startsWith('a=ice-pwd:')) return [`a=ice-pwd:${first(fragment, 'a=ice-pwd:')}`];
      if (!line.startsWith('a=candidate:')) return [line];
      if (placed) return [];
      placed = true;
      return candidates;
    }).join('\r\n');
    await this.pc.setRemoteDescription({ type: 'answer', sdp: this.#answer });
    this.#trickle();
  }
}
