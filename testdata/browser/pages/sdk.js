// A page that does with the SDK what a scenario tells it, for what no example page has a button for. It keeps the statuses of
// its streams in the order in which the SDK tells them, and shows them.
"use strict";

const sluice = { session: null, streams: {}, statuses: [], events: [], sessions: [], data: [] };

function note(list, entry) {
  list.push(entry);
  const line = document.createElement("li");
  line.textContent = JSON.stringify(entry);
  document.getElementById("statuses").append(line);
}

// connect makes a session, and waits until it is established.
sluice.connect = async (url, options = {}) => {
  document.getElementById("title").textContent = document.title;
  // Versions below 2.0.256 give nothing back here.
  await Flashphoner.init({});
  const { SESSION_STATUS } = Flashphoner.constants;
  return new Promise((resolve, reject) => {
    const session = Flashphoner.createSession({ urlServer: url, ...options });
    sluice.session = session;
    for (const status of ["ESTABLISHED", "DISCONNECTED", "FAILED", "WARN", "APP_DATA", "DEBUG"]) {
      if (!SESSION_STATUS[status]) continue;
      session.on(SESSION_STATUS[status], (one, what) => {
        note(sluice.sessions, status);
        if (status === "ESTABLISHED") resolve();
        if (status === "FAILED" || status === "DISCONNECTED") reject(new Error(status));
        if (status === "APP_DATA") sluice.data.push(what ?? one);
      });
    }
  });
};

// stream makes a stream in the display of its own. what is "publish" or "play"; key is how the scenario names it. With film: true it
// publishes what film.js makes, with film: "clock" the pictures of clock.js.
sluice.stream = (key, what, { film, ...options }) => {
  if (film) options.constraints = { audio: false, video: false, customStream: film === "clock" ? sluiceClock.film() : sluiceFilm.film() };
  const display = document.createElement("div");
  document.getElementById("displays").append(display);
  const { STREAM_STATUS, STREAM_EVENT } = Flashphoner.constants;
  const stream = sluice.session.createStream({ display, cacheLocalResources: true, ...options });
  sluice.streams[key] = stream;
  for (const status of Object.keys(STREAM_STATUS)) {
    stream.on(STREAM_STATUS[status], (one) => note(sluice.statuses, [key, status, one?.getInfo?.() ?? ""]));
  }
  if (STREAM_EVENT) stream.on(STREAM_EVENT, (event) => note(sluice.events, [key, event.type, event.payload ?? null]));
  if (what) stream[what]();
};

// of gives the statuses of one stream.
sluice.of = (key) => sluice.statuses.filter(([one]) => one === key).map(([, status, info]) => (info ? `${status}: ${info}` : status));

// sound is how loud a played stream is for a moment: the greatest sample in a fifth of a second.
sluice.sound = async (key) => {
  const video = document.getElementById(sluice.streams[key].id());
  const context = new AudioContext();
  const analyser = new AnalyserNode(context, { fftSize: 16384 });
  context.createMediaStreamSource(video.srcObject).connect(analyser);
  await new Promise((resolve) => setTimeout(resolve, 400));
  const samples = new Float32Array(analyser.fftSize);
  analyser.getFloatTimeDomainData(samples);
  await context.close();
  return Math.max(...samples.map(Math.abs));
};

// light is the mean brightness of what a stream shows, 0 to 255.
sluice.light = (key) => {
  const video = document.getElementById(sluice.streams[key].id());
  const canvas = new OffscreenCanvas(32, 24);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(video, 0, 0, 32, 24);
  const { data } = context.getImageData(0, 0, 32, 24);
  let sum = 0;
  for (let i = 0; i < data.length; i += 4) sum += (data[i] + data[i + 1] + data[i + 2]) / 3;
  return sum / (data.length / 4);
};
