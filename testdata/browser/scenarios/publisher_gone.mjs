// A publisher whose page is closed without a word: its player is told why, the name is free again, and a new publisher under
// it is played.
import { same } from "../lib/scene.mjs";
import { Sdk } from "../lib/sdk.mjs";

export default async function (scene) {
  const name = scene.stream;
  const player = await Sdk.at(scene, "player");
  const first = await Sdk.at(scene, "first");
  await first.publish(name);
  await player.play(name);
  await player.tab.plays();

  // Nobody else has the name meanwhile.
  const second = await Sdk.at(scene, "second");
  await second.start("early", "publish", { name });
  await second.reaches("early", "FAILED: Stream name is already in use");
  await first.tab.sends();

  await first.tab.page.close();
  await player.reaches(name, "FAILED: Stopped by publisher stop");
  same(await player.statuses(name), ["NEW", "PENDING", "PLAYING", "FAILED: Stopped by publisher stop"].filter((s) => s !== "NEW"), "the player's statuses");

  await second.publish(name);
  await player.play(name, { key: "again" });
  await player.tab.plays();

  // Its session ends orderly, its stream with it.
  await second.disconnect();
  await player.reaches("again", "FAILED: Stopped by publisher stop");
}
