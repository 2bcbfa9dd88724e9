// The player page plays by Media Source Extensions: H.264 and AAC through a second WebSocket, converted from what a page publishes.
import { same, statuses } from "../lib/scene.mjs";
import { Sdk } from "../lib/sdk.mjs";

export default async function (scene) {
  const publisher = await Sdk.at(scene, "publisher");
  await publisher.publish(scene.stream, { constraints: { audio: true, video: { width: 640, height: 480 } } });
  await publisher.tab.sends();
  const tab = await scene.example("streaming/player/player.html?mediaProvider=MSE", { name: "player" });
  await tab.fill("#url", scene.ws);
  await tab.fill("#streamName", scene.stream);
  await tab.click("#playBtn");
  await tab.shows("#status", "PLAYING");
  await moves(tab);
  await tab.heard("notifyStreamEvent", (e) => e.type === "resize");
  await scene.shot(tab, "playing");

  // Whoever else watches that way shares what is made: one worker for pictures, one for sound.
  await scene.ask("workers", { server: 0, count: 2 });
  const second = await Sdk.at(scene, "second");
  await second.play(scene.stream, { mediaProvider: "MSE" });
  await moves(second.tab);
  await scene.ask("workers", { server: 0, count: 2 });

  // A worker that is killed is replaced, and pictures and sound go on.
  await scene.ask("crash", { server: 0 });
  const before = await state(tab);
  await tab.sees("pictures and sound behind a crash", async () => {
    const now = await state(tab);
    return now.time > before.time + 5 && now.frames > before.frames + 50 && now.bytes > before.bytes + 10_000;
  });

  // Once more, in the same session: another socket.
  await tab.click("#playBtn");
  await tab.shows("#status", "STOPPED");
  await tab.click("#playBtn");
  await tab.shows("#status", "PLAYING");
  await moves(tab);

  await publisher.stop(scene.stream);
  await tab.shows("#status", "FAILED");
  await tab.shows("#info", "Stopped by publisher stop");
  same(statuses(tab), [
    ["play", "PLAYING", ""],
    ["play", "STOPPED", "Stopped by user"],
    ["play", "PLAYING", ""],
    ["play", "FAILED", "Stopped by publisher stop"],
  ], "the statuses");
}

// moves waits until the page's video shows frames and hears sound, and its time goes on.
export async function moves(tab) {
  await tab.sees("moving pictures with sound", () => tab.page.evaluate(() => {
    const video = [...document.querySelectorAll("video")].at(-1);
    return video && video.currentTime > 1 && video.videoWidth === 640 &&
      video.getVideoPlaybackQuality().totalVideoFrames > 25 && video.webkitAudioDecodedByteCount > 1000;
  }));
}

// state is how far the page's video is.
function state(tab) {
  return tab.page.evaluate(() => {
    const video = [...document.querySelectorAll("video")].at(-1);
    return { time: video.currentTime, frames: video.getVideoPlaybackQuality().totalVideoFrames, bytes: video.webkitAudioDecodedByteCount };
  });
}
