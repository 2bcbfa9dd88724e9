// A name that is taken in a room: the second guest is told so, the first notices nothing.
import { same } from "../lib/scene.mjs";
import { Guest } from "../lib/room.mjs";

const page = "video-chat/video-chat.html";

export default async function (scene) {
  const anna = await Guest.at(scene, page, "anna", scene.stream);
  const twin = await Guest.at(scene, page, "anna", scene.stream, "twin");
  await anna.join();
  await twin.tab.click("#joinBtn");
  await twin.tab.shows("#failedInfo", /.+/);
  const refusal = await twin.tab.heard("DataStatusEvent", (e) => e.status === "FAILED");
  same(await twin.tab.page.textContent("#failedInfo"), refusal.data[0].info, "the reason shown");
  await anna.tab.sends();
}
