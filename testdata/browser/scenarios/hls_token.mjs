// Viewers show a token, as the pages have it: hls_static as "token", the others under a name of the viewer's choice. Without the right
// one each says so; with it, it plays: playlists give the token to whatever address stands in them.
import { encode } from "../lib/encoder.mjs";
import { truth } from "../lib/scene.mjs";
import { page, published, withoutNative } from "../lib/viewer.mjs";

const right = "let me see";

// tries are what each page is told, and what it shows if that is wrong.
const tries = [
  {
    name: "static", path: "hls_static/hls-player.html", before: withoutNative,
    // Which of the two it says depends on what hears of the refusal first, its reader of playlists or its player.
    refused: (tab) => tab.shows(".vjs-error-display", /playlist request error|could not be loaded/),
  },
  {
    name: "videojs", path: "hls-player/hls-player.html?version=videojs8", key: "accessKey",
    refused: (tab) => tab.shows("#applyBtn", "Play"),
  },
  {
    name: "hlsjs", path: "hls-js-player/hls-js-player.html", key: "appKey",
    refused: (tab, answers) => tab.sees("an answer", () => answers.length), // the page has no place for errors
  },
];

export default async function (scene) {
  scene.forgive(/status of 401/);
  scene.forgive(/VIDEOJS: ERROR/);
  const stop = encode(`rtmp://${scene.servers[0].more}/live/${scene.stream}`);
  try {
    await published(scene, scene.stream, `?token=${encodeURIComponent(right)}`);
    await Promise.all(tries.map(async ({ name, path, key, before, refused }) => {
      const answers = [];
      for (const token of ["let me in", right]) {
        const viewer = await page(scene, path, { name: `${name}-${token === right ? "right" : "wrong"}`, key, token, before });
        viewer.page.on("response", (r) => r.url().startsWith(scene.hls) && answers.push({ url: r.url(), status: r.status() }));
        await viewer.tab.click("#applyBtn");
        if (token === right) {
          await viewer.watch();
          await viewer.plays();
          truth(answers.every((a) => a.status === 200), `what was asked with the right token: ${JSON.stringify(answers)}`);
          truth(answers.some((a) => /\.m4s/.test(a.url)), "no segment was asked for");
        } else {
          await refused(viewer.tab, answers);
          truth(answers.length && answers.every((a) => a.status === 401), `what was asked with a wrong token: ${JSON.stringify(answers)}`);
          answers.length = 0;
        }
        await scene.shot(viewer.tab, "shows");
        await viewer.page.close();
      }
    }));
  } finally {
    await stop();
  }
}
