// The page that the server itself serves: publishes the camera over WHIP and plays it over WHEP; a player of the Web SDK joins,
// and the page plays what the Web SDK publishes.
import { same, truth } from "../lib/scene.mjs";
import { Sdk } from "../lib/sdk.mjs";

export default async function (scene) {
  const name = scene.stream;
  const tab = await scene.open("console", `${scene.http}/`);
  await tab.page.fill("#stream", name);
  await tab.click("#publish-start");
  await tab.shows("#publish-state", "publishing");
  await tab.shows("#play-state", "playing");
  await tab.plays({ sound: false }); // it starts mute
  await tab.click("#play-sound");
  await tab.plays();
  await tab.shows("#streams", new RegExp(name));
  await tab.shows("#play-connection", /UDP/);

  const player = await Sdk.at(scene, "player");
  await player.play(name);
  await player.tab.plays();
  await scene.shot(tab, "playing");

  await tab.click("#publish-stop");
  await tab.shows("#publish-state", "idle");
  await player.reaches(name, "FAILED: Stopped by publisher stop");
  scene.forgive(/404 \(Not Found\).*\/whep\//); // the session has ended before the page ends it
  await tab.shows("#play-state", "idle");

  const other = `${name}-sdk`;
  const publisher = await Sdk.at(scene, "publisher");
  await publisher.publish(other);
  await tab.page.fill("#stream", other);
  await tab.click("#play-start");
  await tab.shows("#play-state", "playing");
  const [playing] = await tab.plays();
  const [sending] = await publisher.tab.media();
  same(playing.videoIn.codec, sending.videoOut.codec, "the codec played");

  // Its links: a codec, a source without a camera, and all by itself.
  for (const codec of ["VP8", "H264"]) {
    const query = new URLSearchParams({ stream: `${name}-${codec}`, source: "canvas", codec, autostart: "1" });
    const auto = await scene.open(`auto-${codec}`, `${scene.http}/?${query}`);
    await auto.shows("#play-state", "playing");
    const look = await auto.plays({ sound: false, frames: 10 });
    truth(look.every((p) => p.videoIn.codec === codec), `not ${codec}: ${look.map((p) => p.videoIn.codec)}`);
  }
}
