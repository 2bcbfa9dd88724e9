// Three guests in a room: each sees and hears the others, they write to each other, one leaves and comes back, and one is gone
// without a word.
import { same, truth } from "../lib/scene.mjs";
import { Guest } from "../lib/room.mjs";

const page = "conference/conference.html";

export default async function (scene) {
  const room = scene.stream;
  const [anna, ben, cleo] = await Promise.all(["anna", "ben", "cleo"].map((login) => Guest.at(scene, page, login, room)));
  await anna.join();
  await anna.hears("room is empty");
  await ben.join();
  await ben.hears("participants: anna");
  await anna.hears("ben - joined");
  await Promise.all([anna.sees(ben), ben.sees(anna)]);
  await cleo.join();
  await Promise.all([anna.sees(ben, cleo), ben.sees(anna, cleo), cleo.sees(anna, ben)]);

  await ben.says("good morning");
  await Promise.all([anna.hears("ben - good morning"), cleo.hears("ben - good morning")]);
  await scene.shot(anna.tab, "three");

  // Stops to publish: the others are told, and see their player end.
  await ben.tab.click("#localStopBtn");
  await ben.tab.shows("#localStatus", "UNPUBLISHED");
  await anna.tab.heard("OnDataEvent", (e) => e.payload.name === "UNPUBLISHED" && e.payload.info.login === "ben");
  await ben.tab.click("#localStopBtn");
  await ben.tab.shows("#localStatus", "PUBLISHING");
  await anna.sees(ben, cleo);

  // Leaves, and comes back.
  const mark = anna.tab.mark();
  await ben.tab.click("#joinBtn");
  await ben.tab.shows("#joinBtn", "Join");
  await anna.tab.heard("OnDataEvent", (e) => e.payload.name === "LEFT" && e.payload.info === "ben", { since: mark });
  await anna.hears("ben - left");

  // Gone without a word.
  await cleo.tab.page.close();
  await anna.tab.heard("OnDataEvent", (e) => e.payload.name === "LEFT" && e.payload.info === "cleo", { since: mark });

  const told = anna.events();
  same(told[0], "STATE []", "what the first is told at first");
  truth(told.indexOf("JOINED \"ben\"") < told.indexOf("PUBLISHED ben"), `PUBLISHED came before JOINED: ${told}`);
  same(told.filter((e) => e === "MESSAGE ben").length, 1, "how often the message came");
  const [state] = cleo.tab.messages.filter((m) => m.message === "OnDataEvent");
  same(state.data[0].payload.info.map((p) => p.login ?? p).sort(), ["anna", "ben"], "who is there for the third");
  for (const guest of state.data[0].payload.info) truth(guest.name?.startsWith(`${room}-${guest.login}-`), `a guest without a stream: ${JSON.stringify(guest)}`);
}
