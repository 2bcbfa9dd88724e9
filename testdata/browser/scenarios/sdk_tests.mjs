// The tests that come with the SDK, as they are, against our server.
import { current } from "../lib/files.mjs";
import { same, truth } from "../lib/scene.mjs";

// left out, and why.
const without = [
  "in case of Flash provider", // browsers have no Flash
  "screen sharing with WebRTC", // needs an extension of Chrome
  "resize should show requested resolution", // all pages share one fake camera, whose size the first chose
  "playing stream should fire resize event", // listens from PLAYING on, when the picture may have its size already
  "should clean up video", // the SDK keeps its elements since, to use them again
  "join and publish", "subscribe to", "join, publish, leave", // call the room API of before 2.0.233
  "with error", // want guests refused who are called throw_join_exception and throw_message_exception
];

export default async function (scene) {
  const tab = await scene.open("tests", `${scene.origin}/own/suite.html?server=${scene.ws}`);
  scene.forgive(/WebSocket connection to .*:32434/); // a closed port, which one test is about
  scene.forgive(/Cannot set properties of null \(setting 'muted'\)/); // the SDK's, when a stream is stopped as it begins
  for (const file of ["test", "media-device-test", "room-module-test"]) {
    await tab.page.addScriptTag({ url: `${scene.origin}/${current}/test/${file}.js` });
  }
  const results = await tab.page.evaluate((names) => suite.run(names), without);
  const failed = results.filter(({ result }) => result !== "passed");
  same(failed, [], "what failed");
  truth(results.length > 20, `only ${results.length} tests ran`);
  scene.notes.tests = results.length;
}
