// Two guests, one on each of two pages of the room API; mute and unmute while they talk, and the page with a shared screen.
import { Guest } from "../lib/room.mjs";

export default async function (scene) {
  const room = scene.stream;
  const anna = await Guest.at(scene, "video-chat/video-chat.html", "anna", room);
  const ben = await Guest.at(scene, "video-chat/video-chat.html", "ben", room);
  await anna.join();
  await ben.join();
  await Promise.all([anna.sees(ben), ben.sees(anna)]);
  await ben.says("hello anna");
  await anna.hears("ben - hello anna");

  await anna.tab.click("#localAudioToggle");
  await ben.tab.heard("notifyStreamEvent", (e) => e.type === "audioMuted");
  await anna.tab.click("#localVideoToggle");
  await ben.tab.heard("notifyStreamEvent", (e) => e.type === "videoMuted");
  await anna.tab.click("#localAudioToggle");
  await ben.tab.heard("notifyStreamEvent", (e) => e.type === "audioUnmuted");
  await anna.tab.click("#localVideoToggle");
  await ben.tab.heard("notifyStreamEvent", (e) => e.type === "videoUnmuted");
  await ben.sees(anna);
}
