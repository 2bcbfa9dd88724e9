// Streams of one session play by Media Source Extensions at a time, each through a socket of its own: H.264 as it is published, with
// sound that is converted, and pictures alone, which are announced as that. Then one more by TLS.
import { truth } from "../lib/scene.mjs";
import { Sdk } from "../lib/sdk.mjs";

export default async function (scene) {
  const publisher = await Sdk.at(scene, "publisher");
  const [both, silent] = [`${scene.stream}-both`, `${scene.stream}-silent`];
  const video = { width: 320, height: 240 };
  await publisher.publish(both, { stripCodecs: "VP8,VP9,AV1", constraints: { audio: true, video } });
  await publisher.publish(silent, { stripCodecs: "VP8,VP9,AV1", constraints: { audio: false, video } });

  const player = await Sdk.at(scene, "player");
  for (const stream of [both, silent]) await player.start(stream, "play", { name: stream, mediaProvider: "MSE" });
  for (const stream of [both, silent]) await player.reaches(stream, "PLAYING");
  await shows(player, both, true);
  await shows(player, silent, false);
  truth(player.tab.sockets === 3, `there are ${player.tab.sockets} sockets`);
  await scene.shot(player.tab, "playing");

  // One that stops takes nothing from the other.
  await player.stop(silent);
  await player.reaches(silent, "STOPPED: Stopped by user");
  const before = await frames(player, both);
  await player.tab.sees("more pictures", async () => (await frames(player, both)) > before + 10);
  await player.disconnect();

  const secure = await Sdk.at(scene, "secure", { ws: scene.args.servers[0].wss });
  await secure.play(both, { mediaProvider: "MSE" });
  await shows(secure, both, true);
}

// frames is how many pictures a stream's video has shown.
function frames(player, key) {
  return player.page.evaluate((k) => document.getElementById(sluice.streams[k].id())?.getVideoPlaybackQuality().totalVideoFrames ?? 0, key);
}

// shows waits until a stream shows pictures, and has sound or not.
function shows(player, key, sound) {
  return player.tab.sees(`pictures of ${key}`, () => player.page.evaluate(([k, s]) => {
    const video = document.getElementById(sluice.streams[k].id());
    return video?.videoWidth === 320 && video.currentTime > 1 && video.getVideoPlaybackQuality().totalVideoFrames > 10 &&
      video.webkitAudioDecodedByteCount > 0 === s;
  }, [key, sound]));
}
