// Plays a film for cmd/sluice/matrix, and tells what there is to see and to hear.
import { Sdk } from "../lib/sdk.mjs";

export default async function (scene) {
  const { stream, seconds } = scene.args;
  const player = await Sdk.at(scene, "player");
  await player.play(stream);
  const [media] = await player.tab.plays({ frames: 15 });
  scene.notes = { video: media.videoIn.codec, audio: media.audioIn.codec, ...(await player.watch(stream, seconds)) };
  await player.stop(stream);
  await player.reaches(stream, "STOPPED: Stopped by user");
}
