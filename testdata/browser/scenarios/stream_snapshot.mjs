// The page that takes pictures of what it publishes shows one that is a PNG, of the size that is published, with the picture in it. So does
// one of H.264; and of what nobody publishes there is none, and the page hears why.
import { same, truth } from "../lib/scene.mjs";
import { Sdk } from "../lib/sdk.mjs";

export default async function (scene) {
  const tab = await scene.example("streaming/stream-snapshot/stream-snapshot.html");
  await tab.fill("#url", `${scene.ws}/${scene.stream}`);
  await tab.click("#publishBtn");
  await tab.shows("#status", "PUBLISHING");
  await tab.sends();
  const { width, height } = await tab.page.locator("#localVideo video").evaluate((v) => ({ width: v.videoWidth, height: v.videoHeight }));
  await tab.click("#snapshotBtn");
  await tab.sees("the picture", () => tab.page.locator("#dynImg").evaluate((img) => img.complete && img.naturalWidth > 0));
  same(await tab.page.evaluate(look, "#dynImg"), { width, height, colours: true }, "the picture");
  await tab.shows("#snapshotStatus", "");
  await scene.shot(tab, "snapshot");
  scene.notes.size = `${width}x${height}`;

  // A picture of what has been published for a while, without anybody who watches, is of now: a browser makes key pictures on request.
  await tab.sends({ frames: 60 });
  const mark = tab.mark();
  const asked = Date.now();
  await tab.click("#snapshotBtn");
  await tab.heard("notifyStreamEvent", ({ type }) => type === "snapshotCompleted", { since: mark });
  scene.notes.later = Date.now() - asked;

  const own = await Sdk.at(scene, "own");
  for (const codec of ["H264", "VP9", "AV1"]) {
    const others = ["VP8", "VP9", "H264", "AV1"].filter((c) => c !== codec).join(",");
    const name = `${scene.stream}-${codec}`;
    await own.publish(name, { stripCodecs: others });
    await own.tab.sends();
    await own.start(`picture-${codec}`, "snapshot", { name });
    const { snapshot } = await own.hears(`picture-${codec}`, "snapshotCompleted");
    const seen = await own.page.evaluate(async ([data, what]) => {
      const img = document.createElement("img");
      img.id = "seen";
      img.src = `data:image/png;base64,${data}`;
      document.body.append(img);
      await img.decode();
      const found = new Function(`return (${what})`)()("#seen");
      img.remove();
      return found;
    }, [snapshot, look.toString()]);
    truth(seen.width > 100 && seen.colours, `of ${codec} there is ${JSON.stringify(seen)}`);
    await own.stop(name);
    await own.reaches(name, "UNPUBLISHED: Stopped by user");
  }
  await own.start("none", "snapshot", { name: `${scene.stream}-nobody` });
  same(await own.hears("none", "snapshotFailed"), { info: "Stream not found" }, "why there is no picture");
}

// look tells the size of a picture, and whether it is more than one colour.
function look(selector) {
  const img = document.querySelector(selector);
  const canvas = Object.assign(document.createElement("canvas"), { width: img.naturalWidth, height: img.naturalHeight });
  const context = canvas.getContext("2d");
  context.drawImage(img, 0, 0);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  const colours = new Set();
  for (let i = 0; i < data.length; i += 4 * 7) colours.add(`${data[i] >> 5},${data[i + 1] >> 5},${data[i + 2] >> 5}`);
  return { width: img.naturalWidth, height: img.naturalHeight, colours: colours.size > 1 };
}
