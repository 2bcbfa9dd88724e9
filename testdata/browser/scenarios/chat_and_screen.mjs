// A room in which one guest shows a screen beside the camera: two streams of one participant.
import { truth } from "../lib/scene.mjs";
import { Guest } from "../lib/room.mjs";

const page = "video-chat-and-screen-sharing/video-chat-and-screen-sharing.html";

export default async function (scene) {
  const anna = await Guest.at(scene, page, "anna", scene.stream);
  const ben = await Guest.at(scene, page, "ben", scene.stream);
  await anna.join();
  await ben.join();
  await Promise.all([anna.sees(ben), ben.sees(anna)]);

  await anna.tab.click("#shareBtn");
  await anna.tab.shows("#shareBtn", "Unshare");
  await ben.tab.heard("OnDataEvent", ({ payload: p }) => p.name === "PUBLISHED" && /-screenShare$/.test(p.info.name));
  await ben.tab.page.waitForSelector("#sharedDisplay video");
  await ben.tab.plays({ count: 2, frames: 5, sound: false });

  const mark = ben.tab.mark();
  await anna.tab.click("#shareBtn");
  await anna.tab.shows("#shareBtn", "Share");
  await ben.tab.heard("OnDataEvent", ({ payload: p }) => p.name === "UNPUBLISHED" && /-screenShare$/.test(p.info.name), { since: mark });
  await ben.tab.heard("notifyStreamStatusEvent", (s) => s.info === "Stopped by publisher stop", { since: mark });
  const rest = ben.tab.messages.slice(mark).filter((m) => m.message === "notifyStreamStatusEvent");
  truth(rest.length === 1, `more than the screen ended: ${JSON.stringify(rest)}`);
  await ben.tab.plays({ count: 1 });
}
