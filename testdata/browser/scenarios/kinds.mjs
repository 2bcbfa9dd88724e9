// Sound without a picture and a picture without sound, published and played; and a player that wants only one of two. The
// player's WebSocket is encrypted.
import { same, truth } from "../lib/scene.mjs";
import { Sdk } from "../lib/sdk.mjs";

export default async function (scene) {
  const publisher = await Sdk.at(scene, "publisher");
  const player = await Sdk.at(scene, "player", { ws: scene.servers[0].wss });
  const kinds = { sound: { audio: true, video: false }, picture: { audio: false, video: true }, both: { audio: true, video: true } };
  for (const [key, constraints] of Object.entries(kinds)) await publisher.publish(`${scene.stream}-${key}`, { key, constraints });
  const ends = async (key) => {
    await player.stop(key);
    await player.reaches(key, "STOPPED: Stopped by user");
  };

  await player.play(`${scene.stream}-sound`, { key: "sound" });
  await player.tab.plays({ picture: false });
  await ends("sound");
  await player.play(`${scene.stream}-picture`, { key: "picture" });
  await player.tab.plays({ sound: false });
  await ends("picture");
  await player.play(`${scene.stream}-both`, { key: "ears", constraints: { audio: true, video: false } });
  const [ears] = await player.tab.plays({ picture: false });
  truth(!ears.videoIn?.framesDecoded, "a picture that nobody asked for");
  await ends("ears");
  await player.play(`${scene.stream}-both`, { key: "eyes", constraints: { audio: false, video: true } });
  const [eyes] = await player.tab.plays({ sound: false });
  truth(!eyes.audioIn?.packetsReceived, "sound that nobody asked for");

  const said = publisher.tab.messages.filter((m) => m.message === "notifyStreamStatusEvent" && m.data[0].status === "PUBLISHING").map((m) => m.data[0]);
  same(said.map((s) => [s.hasAudio, s.hasVideo, s.audioCodec || "", s.videoCodec || ""]),
    [[true, false, "opus", ""], [false, true, "", "VP8"], [true, true, "opus", "VP8"]], "what is published");
}
