// A page that plays with hls.js what a scenario tells it, and keeps what happens.
"use strict";

const sluiceHLS = { events: [], player: null };

// note keeps an event in its place among the others, and shows it.
sluiceHLS.note = (...entry) => {
  sluiceHLS.events.push(entry);
  const line = document.createElement("li");
  line.textContent = JSON.stringify(entry);
  document.getElementById("events").append(line);
};

// play plays an address, with options of hls.js.
sluiceHLS.play = (url, options = {}) => {
  const video = document.querySelector("video");
  const player = new Hls(options);
  sluiceHLS.player = player;
  const { Events } = Hls;
  player.on(Events.MANIFEST_PARSED, (_, { levels }) => sluiceHLS.note("levels", levels.map((l) => l.height)));
  player.on(Events.LEVEL_SWITCHED, (_, { level }) => sluiceHLS.note("level", player.levels[level].height));
  player.on(Events.BUFFER_EOS, () => sluiceHLS.note("over"));
  player.on(Events.ERROR, (_, { fatal, details, response }) => sluiceHLS.note(fatal ? "fatal" : "error", details, response?.code ?? 0));
  video.addEventListener("ended", () => sluiceHLS.note("ended"));
  player.loadSource(url);
  player.attachMedia(video);
  video.play().catch((err) => sluiceHLS.note("play", String(err)));
};
