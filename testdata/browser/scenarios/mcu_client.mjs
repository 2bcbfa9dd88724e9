// The SDK's page mcu_client: three guests of a room, two of them in browsers and one with an encoder, see all and hear all but
// themselves. One leaves, and comes back.
import { costume, Stage } from "../lib/stage.mjs";
import { paint } from "../lib/painter.mjs";
import { same } from "../lib/scene.mjs";

async function guest(scene, login, colour) {
  const tab = await scene.example("streaming/mcu_client/mcu_client.html", { name: login, before: costume(colour) });
  await tab.fill("#url", scene.ws);
  await tab.fill("#room", scene.stream);
  await tab.fill("#login", login);
  await tab.page.evaluate(() => $("#hasAudio").prop("checked", true));
  return { tab, stage: new Stage(tab, "#remoteVideo video") };
}

async function join({ tab }) {
  await tab.click("#joinBtn");
  await tab.shows("#status", "PLAYING");
  await tab.shows("#joinBtn", "Leave");
}

export default async function (scene) {
  const room = scene.stream;
  const stop = await paint(`rtmp://${scene.servers[0].more}/live/cid%23${room}`, "lime");
  const [anna, ben] = await Promise.all([guest(scene, "anna", "red"), guest(scene, "ben", "blue")]);
  await join(anna);
  await anna.stage.sees({ "3,4": "red", "12,4": "lime" });
  await anna.stage.hears("lime");
  await join(ben);
  // A grid of three: two above, one below in the middle.
  const all = { "3,2": "red", "12,2": "blue", "7,6": "lime", "1,7": "black" };
  await Promise.all([anna.stage.sees(all), ben.stage.sees(all)]);
  await Promise.all([anna.stage.hears("blue", "lime"), ben.stage.hears("red", "lime")]);
  await scene.shot(anna.tab, "three");
  const { size } = await anna.stage.report();
  same(size, "640x360", "the size of the picture");

  await ben.tab.click("#joinBtn");
  await ben.tab.shows("#joinBtn", "Join");
  await anna.stage.sees({ "3,4": "red", "12,4": "lime" });
  await anna.stage.hears("lime");
  await join(ben);
  await Promise.all([anna.stage.sees(all), ben.stage.hears("red", "lime")]);
  await stop();
  await Promise.all([anna.stage.sees({ "3,4": "red", "12,4": "blue" }), anna.stage.hears("blue"), ben.stage.hears("red")]);
  await Promise.all([anna, ben].map(async ({ tab }) => {
    await tab.click("#joinBtn");
    await tab.shows("#joinBtn", "Join");
  }));
}
