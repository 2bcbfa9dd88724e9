// The page itself. Its address may say what to do, for tests and for links to show somebody a stream:
//   ?stream=NAME  ?source=camera|canvas  ?codec=VP8|H264|VP9|AV1  ?token=TOKEN
//   ?autostart=1  begins at once;  ?mode=play|publish  then only plays, or only publishes

import { camera, testPicture } from './picture.js';
import { Session, endpoint } from './session.js';
import { bits, reader } from './stats.js';

const $ = (id) => document.getElementById(id);
const query = new URLSearchParams(location.search);

/** One half of the page: publishing or playing. */
class Panel {
  #name;
  #session = null;
  #timer = 0;
  #release = () => {};

  constructor(name) {
    this.#name = name;
    $(`${name}-stop`).addEventListener('click', () => this.stop());
  }

  get #video() { return $(`${this.#name}-video`); }

  #show(what, text) { $(`${this.#name}-${what}`).textContent = text; }

  #busy(yes) {
    $(`${this.#name}-start`).disabled = yes;
    $(`${this.#name}-stop`).disabled = !yes;
  }

  /** Begins a session; open(pc) gives what it sends or receives. Returns when the server has answered. */
  async start(protocol, stream, open, release = () => {}) {
    this.stop();
    const session = new Session(endpoint(stream, protocol), $('token').value);
    this.#session = session;
    this.#release = release;
    this.#busy(true);
    session.onstate = (state) => {
      if (this.#session !== session) return;
      if (state === 'connected') state = protocol === 'whip' ? 'publishing' : 'playing';
      this.#show('state', state);
      if (state === 'ended') this.stop();
    };
    try {
      await session.start((pc) => open(pc, this.#video));
    } catch (error) {
      if (this.#session === session) this.stop();
      throw error;
    }
    if (this.#session !== session) return;
    const read = reader(session.pc);
    this.#timer = setInterval(() => read().then((s) => this.#session === session && this.#table(s)), 500);
  }

  #table(s) {
    this.#show('codec', s.codec);
    this.#show('resolution', s.resolution);
    this.#show('frames', s.freezes ? `${s.frames} (${s.freezes} freezes)` : String(s.frames));
    this.#show('bitrate', `${bits(s.bitrate)}, ${Math.round(s.fps)} frames/s`);
    this.#show('audio', s.audio);
    this.#show('connection', s.lost ? `${s.connection}, ${s.lost} packets lost` : s.connection);
  }

  stop() {
    clearInterval(this.#timer);
    const session = this.#session;
    this.#session = null;
    session?.stop();
    this.#release();
    this.#release = () => {};
    this.#video.srcObject = null;
    if (session) this.#show('state', 'idle');
    this.#busy(false);
  }
}

const publisher = new Panel('publish');
const player = new Panel('play');

function note(text) {
  $('note').textContent = text;
  $('note').hidden = !text;
}

/** Runs what a button does, and tells what went wrong. */
function attempt(work) {
  return async () => {
    note('');
    try {
      await work();
    } catch (error) {
      note(error.message);
    }
    list();
  };
}

function chosenStream() {
  if (!$('settings').reportValidity()) throw new Error('The stream needs a name.');
  return $('stream').value.trim().replace(/^\/+|\/+$/g, '');
}

/** Puts the codec that was chosen first, of those that the browser has. */
function prefer(transceiver, codec) {
  const all = RTCRtpSender.getCapabilities('video')?.codecs ?? [];
  const named = all.filter((c) => c.mimeType.toLowerCase() === `video/${codec.toLowerCase()}`);
  if (named.length === 0) throw new Error(`This browser does not encode ${codec}.`);
  transceiver.setCodecPreferences([...named, ...all.filter((c) => !named.includes(c))]);
}

async function publish() {
  const stream = chosenStream();
  const source = $('source').value === 'canvas' ? testPicture() : await camera();
  await publisher.start('whip', stream, (pc, video) => {
    video.srcObject = source.stream;
    for (const track of source.stream.getTracks()) {
      const transceiver = pc.addTransceiver(track, { direction: 'sendonly', streams: [source.stream] });
      if (track.kind === 'video' && $('codec').value) prefer(transceiver, $('codec').value);
    }
  }, source.stop);
}

async function play(stream) {
  await player.start('whep', stream, (pc, video) => {
    video.srcObject = new MediaStream();
    pc.addEventListener('track', ({ track }) => video.srcObject?.addTrack(track));
    pc.addTransceiver('audio', { direction: 'recvonly' });
    pc.addTransceiver('video', { direction: 'recvonly' });
  });
}

/** Plays a stream that may not be there yet, since its publisher has just begun. */
async function playSoon(stream, tries = 10) {
  for (;;) {
    try {
      return await play(stream);
    } catch (error) {
      tries -= 1;
      if (tries <= 0 || !error.retryAfter) throw error;
      await new Promise((wake) => { setTimeout(wake, 500); });
    }
  }
}

async function both() {
  await publish();
  await playSoon(chosenStream());
}

/** Shows what is live. */
async function list() {
  const token = $('token').value;
  const response = await fetch('streams.json', { headers: token ? { Authorization: `Bearer ${token}` } : {} }).catch(() => null);
  if (!response?.ok) return;
  const { streams } = await response.json();
  $('streams-none').hidden = streams.length > 0;
  const focused = document.activeElement?.dataset.stream;
  $('streams').replaceChildren(...streams.map(entry));
  if (focused !== undefined) {
    [...$('streams').querySelectorAll('button')].find((button) => button.dataset.stream === focused)?.focus();
  }
}

function entry({ name, readers, tracks }) {
  const item = document.createElement('li');
  const title = document.createElement('strong');
  const about = document.createElement('span');
  const button = document.createElement('button');
  title.textContent = name;
  const shape = tracks.filter((t) => !t.alternative).map((t) => (t.width ? `${t.codec} ${t.width} × ${t.height}` : t.codec));
  about.textContent = `${shape.join(', ')}; ${readers} ${readers === 1 ? 'reader' : 'readers'}`;
  button.type = 'button';
  button.textContent = 'Play';
  button.dataset.stream = name;
  button.setAttribute('aria-label', `Play ${name}`);
  button.addEventListener('click', attempt(() => play(name)));
  item.append(title, about, button);
  return item;
}

function sound() {
  const video = $('play-video');
  video.muted = !video.muted;
  $('play-sound').setAttribute('aria-pressed', String(!video.muted));
}

for (const name of ['stream', 'source', 'codec', 'token']) {
  if (query.has(name)) $(name).value = query.get(name);
}
$('settings').addEventListener('submit', (event) => event.preventDefault());
$('publish-start').addEventListener('click', attempt(both));
$('play-start').addEventListener('click', attempt(() => play(chosenStream())));
$('play-sound').addEventListener('click', sound);
window.addEventListener('pagehide', () => {
  publisher.stop();
  player.stop();
});
if (!navigator.mediaDevices && !query.has('source')) $('source').value = 'canvas';

setInterval(list, 2000);
list();
if (query.get('autostart') === '1') {
  attempt({ play: () => playSoon(chosenStream()), publish }[query.get('mode')] ?? both)();
}
