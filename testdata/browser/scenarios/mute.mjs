// Mutes and unmutes: players hear of it, hear and see nothing meanwhile, and one who joins late knows. Data reach all players.
import { same, truth } from "../lib/scene.mjs";
import { Sdk } from "../lib/sdk.mjs";

export default async function (scene) {
  const name = scene.stream;
  const publisher = await Sdk.at(scene, "publisher");
  const player = await Sdk.at(scene, "player");
  await publisher.publish(name);
  await player.play(name, { unmutePlayOnStart: true });
  await player.tab.plays();
  const states = (sdk) => sdk.page.evaluate((k) => [sluice.streams[k].getAudioState(), sluice.streams[k].getVideoState()], name);
  same(await states(player), [{ muted: false }, { muted: false }], "the states at first");

  await publisher.call(name, "muteAudio");
  await player.hears(name, "audioMuted");
  await publisher.call(name, "muteVideo");
  await player.hears(name, "videoMuted");
  await player.page.waitForFunction((k) => sluice.light(k) < 3, name);

  const late = await Sdk.at(scene, "late");
  await late.play(name);
  same(await states(late), [{ muted: true }, { muted: true }], "the states for who comes late");
  const before = (await late.tab.media())[0].audioIn.totalAudioEnergy;
  await late.tab.flows("frames decoded", (l) => l[0].videoIn?.framesDecoded, 20);
  const after = (await late.tab.media())[0].audioIn.totalAudioEnergy;
  truth(after - before < 1e-6, `sound of a muted stream: ${before} … ${after}`);

  await publisher.call(name, "unmuteAudio");
  await publisher.call(name, "unmuteVideo");
  for (const sdk of [player, late]) {
    await sdk.hears(name, "audioUnmuted");
    await sdk.hears(name, "videoUnmuted");
    await sdk.tab.plays();
  }
  await late.page.waitForFunction((k) => sluice.light(k) > 20, name);

  await publisher.page.evaluate((k) => sluice.streams[k].sendData({ text: "grüße", list: [1, { two: null }] }), name);
  for (const sdk of [player, late]) same(await sdk.hears(name, "data"), { text: "grüße", list: [1, { two: null }] }, "the data");
  same((await player.events()).map(([, type]) => type).filter((type) => !["resize", "notEnoughBandwidth"].includes(type)),
    ["audioMuted", "videoMuted", "audioUnmuted", "videoUnmuted", "data"], "the events");
}
