// The page for firewalls, whose media has to go through the server's own relay, over TCP.
import { createHmac } from "node:crypto";
import { same } from "../lib/scene.mjs";

export default async function (scene) {
  const tab = await scene.example("streaming/firewall-traversal-streaming/firewall-traversal-streaming.html");
  // Credentials for an hour, as they are made of the relay's secret (draft-uberti-behave-turn-rest).
  const username = `${Math.floor(Date.now() / 1000) + 3600}:page`;
  const credential = createHmac("sha1", "of nobody").update(username).digest("base64");
  await tab.fill("#urlServer", scene.ws);
  await tab.fill("#urlTurnServer", `turn:${scene.servers[0].more}?transport=tcp`);
  await tab.fill("#usernameTurnServer", username);
  await tab.fill("#credentialTurnServer", credential);
  await tab.page.evaluate(() => (document.querySelector("#forceRelay").checked = true));
  await tab.click("#connectBtn");
  await tab.shows("#connectStatus", "ESTABLISHED");
  await tab.fill("#publishStream", scene.stream);
  await tab.fill("#playStream", scene.stream);
  await tab.click("#publishBtn");
  await tab.shows("#publishStatus", "PUBLISHING");
  await tab.click("#playBtn");
  await tab.shows("#playStatus", "PLAYING");
  await tab.plays();
  const pairs = (await tab.media()).map(({ pair }) => pair.candidateType);
  same(pairs, ["relay", "relay"], "how media goes");
  await tab.click("#playBtn");
  await tab.shows("#playStatus", "STOPPED");
  await tab.click("#publishBtn");
  await tab.shows("#publishStatus", "UNPUBLISHED");
}
