// The page that publishes several streams, each recorded: all at once, and each has a file of its own with all that was published.
import { recorded } from "../lib/recorded.mjs";
import { same, truth } from "../lib/scene.mjs";

const streams = 3;

export default async function (scene) {
  const tab = await scene.example("streaming/several_streams_recording/several_streams_recording.html");
  await tab.fill("#url", `${scene.ws}/${scene.stream}`);
  await tab.fill("#countStreams", `${streams}`);
  await tab.click("#publishBtn");
  await tab.shows("#publishBtn", "Stop");
  await tab.flows("frames encoded", (look) => {
    const sent = look.map((p) => p.videoOut?.framesEncoded).filter((n) => n !== undefined);
    return sent.length < streams ? undefined : Math.min(...sent);
  }, 60);
  await tab.click("#publishBtn");
  await tab.sees("all of them to end", () => ended(tab).length === streams);
  const names = ended(tab).map((s) => s.recordName);
  same(new Set(names).size, streams, "how many files there are");
  scene.notes.files = [];
  for (const name of names) {
    const file = await recorded(scene, `${scene.http}/client/records/${name}`);
    same(file.codecs, ["vp8", "opus"], `the codecs of ${name}`);
    truth(file.frames >= 40, `what was recorded is ${JSON.stringify(file)}`);
    scene.notes.files.push(file);
  }
  await scene.shot(tab, "ended");
}

// ended are the last statuses of what has ended.
function ended(tab) {
  return tab.messages.filter((m) => m.to === "page" && m.data?.[0]?.status === "UNPUBLISHED").map((m) => m.data[0]);
}
