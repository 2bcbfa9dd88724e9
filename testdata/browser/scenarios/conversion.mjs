// A player that lacks the published codec, because it took it out of its offer, gets a converted stream: pictures alone, sound
// alone, both.
import { same } from "../lib/scene.mjs";
import { Sdk } from "../lib/sdk.mjs";

export default async function (scene) {
  const publisher = await Sdk.at(scene, "publisher");
  const player = await Sdk.at(scene, "player");
  await publisher.publish(scene.stream, { stripCodecs: "H264,VP9,AV1,PCMU,PCMA,G722" });
  await publisher.tab.sends();

  await player.play(scene.stream, { key: "h264", stripCodecs: "VP8,VP9,AV1,PCMU,PCMA" });
  const [playing] = await player.tab.plays();
  same([playing.videoIn.codec, playing.audioIn.codec], ["H264", "opus"], "what is played");
  await player.stop("h264");
  await player.reaches("h264", "STOPPED: Stopped by user");

  await player.play(scene.stream, { key: "pcmu", stripCodecs: "H264,VP9,AV1,opus,PCMA,G722" });
  const [sound] = await player.tab.plays();
  same([sound.videoIn.codec, sound.audioIn.codec], ["VP8", "PCMU"], "what is played");
}
