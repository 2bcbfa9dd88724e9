// The server is killed while a page publishes and another plays, and comes back: both go on by themselves.
export default async function (scene) {
  const page = "streaming/stream-auto-restore/stream-auto-restore.html";
  const [publisher, player] = await Promise.all(["publisher", "player"].map((name) => scene.example(page, { name })));
  scene.forgive(/WebSocket connection to .* failed|Can't (publish|play), session is not established/);
  for (const tab of [publisher, player]) {
    await tab.fill("#urlServer", scene.ws);
    await tab.fill("#restoreTimeout", "500");
    await tab.click("#connectBtn");
    await tab.shows("#connectStatus", "ESTABLISHED");
  }
  await publisher.fill("#publishStream", scene.stream);
  await publisher.fill("#playStream", `${scene.stream}-other`);
  await player.fill("#publishStream", `${scene.stream}-none`);
  await player.fill("#playStream", scene.stream);
  await publisher.click("#publishBtn");
  await publisher.shows("#publishStatus", "PUBLISHING");
  await player.click("#playBtn");
  await player.shows("#playStatus", "PLAYING");
  await player.plays();

  const marks = [publisher.mark(), player.mark()];
  await scene.ask("kill", { server: 0 });
  await publisher.shows("#publishStatus", "FAILED");
  await player.shows("#playStatus", "FAILED");
  await scene.ask("start", { server: 0 });
  await publisher.heard("notifyStreamStatusEvent", (s) => s.status === "PUBLISHING", { since: marks[0] });
  await publisher.shows("#publishStatus", "PUBLISHING");
  await player.heard("notifyStreamStatusEvent", (s) => s.status === "PLAYING", { since: marks[1] });
  await player.shows("#playStatus", "PLAYING");
  await player.plays();

  // Stopped on purpose: the player waits for the stream to come back, and it does.
  const again = player.mark();
  await publisher.click("#publishBtn");
  await publisher.shows("#publishStatus", "UNPUBLISHED");
  await player.heard("notifyStreamStatusEvent", (s) => s.info === "Stopped by publisher stop", { since: again });
  await player.heard("notifyStreamStatusEvent", (s) => s.info === "Stream not found", { since: again });
  await publisher.click("#publishBtn");
  await player.heard("notifyStreamStatusEvent", (s) => s.status === "PLAYING", { since: again });
  await player.plays();
}
