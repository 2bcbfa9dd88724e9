// Sizes and bit rates that nobody can mean are refused in the words of the protocol, and start nothing. A worker that is killed over
// and over is given up in the end: who watches what it made is told, and who watches what is published sees nothing of it.
import { same, truth } from "../lib/scene.mjs";
import { Sdk } from "../lib/sdk.mjs";

export default async function (scene) {
  const name = scene.stream;
  const publisher = await Sdk.at(scene, "publisher");
  const plain = await Sdk.at(scene, "plain");
  const player = await Sdk.at(scene, "player");
  await publisher.publish(name, { stripCodecs: "H264,VP9,AV1" });
  await publisher.tab.sends();
  await plain.play(name);
  const wishes = {
    long: { width: 100000, height: 1 }, tiny: { width: 4, height: 4 }, slim: { width: 2000, height: 16 }, thin: { bitrate: 1 },
  };
  for (const [key, video] of Object.entries(wishes)) {
    await player.start(key, "play", { name, constraints: { audio: true, video } });
    await player.reaches(key, "FAILED: Failed by error");
  }
  await player.play(name, { key: "negative", constraints: { audio: true, video: { width: -320 } } }); // which is as good as none
  await player.stop("negative");
  await scene.ask("workers", { server: 0, count: 0 });

  await player.play(name, { key: "video", stripCodecs: "VP8,VP9,AV1" });
  await player.tab.plays();
  await plain.tab.plays();
  const lost = async () => (await plain.tab.media()).map((p) => [p.videoIn?.packetsLost, p.audioIn?.packetsLost]);
  const before = await lost();
  let kills = 0;
  for (; kills < 10 && (await player.statuses("video")).at(-1) === "PLAYING"; kills++) {
    await scene.ask("crash", { server: 0 });
    await Promise.race([
      player.tab.plays({ sound: false, frames: 5 }).catch(() => {}),
      player.page.waitForFunction(() => sluice.of("video").at(-1) !== "PLAYING").catch(() => {}),
    ]);
  }
  scene.notes.kills = kills;
  scene.notes.end = (await player.statuses("video")).at(-1);
  truth(kills > 3, `given up after ${kills} kills`);
  same(scene.notes.end, "FAILED: Stream failed", "what the viewer is told in the end");
  await plain.tab.plays();
  same(await lost(), before, "packets lost by who watches what is published");
}
