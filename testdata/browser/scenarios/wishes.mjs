// Players that ask for a size, a bit rate or a quality get a stream of their own; those that ask for the same share it. Who asks
// for nothing gets what is published. Encoders end when nobody watches any more.
import { same } from "../lib/scene.mjs";
import { Sdk } from "../lib/sdk.mjs";

export default async function (scene) {
  const name = scene.stream;
  const publisher = await Sdk.at(scene, "publisher");
  const player = await Sdk.at(scene, "player");
  const workers = (count) => scene.ask("workers", { server: 0, count });
  await publisher.publish(name, { constraints: { audio: true, video: { width: 640, height: 480 } } });
  await publisher.tab.sends();
  // sees gives the statistics of the stream of that key, once its picture has that width.
  const sees = async (key, width) => {
    await player.page.waitForFunction(([k, w]) => document.getElementById(sluice.streams[k].id()).videoWidth === w, [key, width]);
    const id = await player.id(key);
    return player.page.evaluate((i) => {
      const { videoWidth, videoHeight } = document.getElementById(i);
      return [videoWidth, videoHeight];
    }, id);
  };

  await player.play(name, { key: "plain" });
  same(await sees("plain", 640), [640, 480], "what is published");
  await workers(0);

  await player.play(name, { key: "small", constraints: { audio: true, video: { width: 320 } } });
  same(await sees("small", 320), [320, 240], "the small one: a width alone keeps the shape");
  await workers(1);
  const told = await player.hears("small", "resize");
  same([told.streamerVideoWidth, told.streamerVideoHeight], [320, 240], "the size that it is told");

  await player.play(name, { key: "same", constraints: { audio: true, video: { width: 321 } } });
  same(await sees("same", 320), [320, 240], "the same again");
  await workers(1);

  await player.play(name, { key: "thin", constraints: { audio: true, video: { bitrate: 100 } } });
  same(await sees("thin", 640), [640, 480], "the one with few bits");
  await player.play(name, { key: "bad", constraints: { audio: true, video: { quality: 10 } } });
  same(await sees("bad", 640), [640, 480], "the bad one");
  await workers(3);
  await player.tab.plays({ count: 5 });

  // The publisher's picture becomes smaller: so does one that was asked for at another rate only, and not one of a given size.
  await publisher.page.evaluate((k) => sluice.streams[k].updateVideoSettings({ scaleResolutionDownBy: 2 }), name);
  same(await sees("plain", 320), [320, 240], "what is published now");
  same(await sees("thin", 320), [320, 240], "the one with few bits, now");
  await player.tab.plays({ count: 5 });
  same(await sees("small", 320), [320, 240], "the small one, still");
  const sizes = (await player.events()).filter(([key, type]) => key === "thin" && type === "resize").map(([, , p]) => p.streamerVideoWidth);
  same(sizes, [640, 320], "the sizes that the thin one was told");


  for (const key of ["small", "thin", "bad"]) {
    await player.stop(key);
    await player.reaches(key, "STOPPED: Stopped by user");
  }
  await workers(1); // the lingering ones are gone, the shared one is not
  await player.tab.plays({ count: 2 });
  await player.stop("same");
  await workers(0);
  await player.tab.plays();
}
