// Every codec that the browser has, by taking all others out of the offers; and an offer that this damages, as the SDK does.
import { same } from "../lib/scene.mjs";
import { Sdk } from "../lib/sdk.mjs";

const video = ["VP8", "VP9", "H264", "AV1"];
const audio = ["opus", "PCMU", "PCMA", "G722"];
const without = (all, ...kept) => all.filter((codec) => !kept.includes(codec)).join(",");

export default async function (scene) {
  const publisher = await Sdk.at(scene, "publisher");
  const player = await Sdk.at(scene, "player");
  const pairs = [["VP8", "PCMU"], ["VP9", "PCMA"], ["H264", "opus"], ["AV1", "opus"], ["VP8", "G722"]];
  for (const [picture, sound] of pairs) {
    const key = `${picture}-${sound}`;
    const name = `${scene.stream}-${key}`;
    const stripCodecs = `${without(video, picture)},${without(audio, sound)}`;
    await publisher.publish(name, { key, stripCodecs });
    await player.play(name, { key });
    const [playing] = await player.tab.plays({ frames: 15 });
    same([playing.videoIn.codec, playing.audioIn.codec], [picture, sound], `what is played of ${key}`);
    await player.stop(key);
    await player.reaches(key, "STOPPED: Stopped by user");
    await publisher.stop(key);
    await publisher.reaches(key, "UNPUBLISHED: Stopped by user");
  }

  // Taking G722 out takes feedback lines of other codecs along, and leaves rtx behind that belongs to nothing.
  await publisher.publish(scene.stream, { stripCodecs: "H264,PCMA,PCMU,G722" });
  await player.play(scene.stream, { stripCodecs: "H264,PCMA,PCMU,G722" });
  const [playing] = await player.tab.plays();
  same([playing.videoIn.codec, playing.audioIn.codec], ["VP8", "opus"], "what is played of the damaged offer");

  // A player that takes nothing of what is there is told so. Nothing transcodes here.
  await player.start("none", "play", { name: scene.stream, stripCodecs: "VP8,VP9,AV1" });
  await player.page.waitForFunction(() => sluice.of("none").at(-1)?.startsWith("FAILED: "));
  scene.notes.refused = (await player.statuses("none")).at(-1);
}
