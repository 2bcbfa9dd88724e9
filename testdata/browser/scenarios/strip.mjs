// Whatever is published, whoever takes one codec only gets that one: each that the SDK's stripCodecs can leave alone.
import { same } from "../lib/scene.mjs";
import { Sdk } from "../lib/sdk.mjs";

const video = ["VP8", "VP9", "H264", "AV1"];
const audio = ["opus", "PCMU", "PCMA", "G722"];
const only = (picture, sound) => ({
  stripCodecs: [...video.filter((c) => c !== picture), ...audio.filter((c) => c !== sound)].join(","),
});

// What is published, and what is played of it.
const table = [
  ["VP8", "opus", "H264", "PCMU"],
  ["VP8", "opus", "VP9", "PCMA"],
  ["H264", "PCMA", "VP8", "opus"],
  ["VP9", "PCMU", "H264", "opus"],
  ["VP9", "PCMU", "VP8", "PCMA"],
];

export default async function (scene) {
  const publisher = await Sdk.at(scene, "publisher");
  const player = await Sdk.at(scene, "player");
  const size = { audio: true, video: { width: 320, height: 240 } };
  for (const [index, [from, spoken, to, heard]] of table.entries()) {
    const key = `way${index}`;
    const name = `${scene.stream}-${key}`;
    await publisher.publish(name, { key, constraints: size, ...only(from, spoken) });
    await player.play(name, { key, ...only(to, heard) });
    const [playing] = await player.tab.plays({ frames: 15 });
    same([playing.videoIn.codec, playing.audioIn.codec], [to, heard], `what is played of ${from} and ${spoken}`);
    same([playing.videoIn.frameWidth, playing.videoIn.frameHeight], [320, 240], "the size");
    await player.stop(key);
    await player.reaches(key, "STOPPED: Stopped by user");
    await publisher.stop(key);
    await publisher.reaches(key, "UNPUBLISHED: Stopped by user");
  }
}
