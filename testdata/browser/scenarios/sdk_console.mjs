// The SDK's page "console": it looks at a server by the REST module and the statistics of WCS. It shows how the server is, lists what is
// published and played, has it end, and shows what the pictures are like.
import { same, truth } from "../lib/scene.mjs";
import { Sdk } from "../lib/sdk.mjs";

export default async function (scene) {
  const name = scene.stream;
  const publisher = await Sdk.at(scene, "publisher");
  await publisher.publish(name);
  await publisher.tab.sends();
  const player = await Sdk.at(scene, "player");
  await player.play(name);
  await player.tab.plays();

  scene.forgive(/the server responded with a status of 404/); // which the page takes for "none"
  const address = scene.servers[0].more.replace("127.0.0.1", "localhost"); // ids that begin with a digit are none for selectors
  const id = address.replace(/[.:]/g, "");
  const tab = await scene.example("streaming/console/console.html", { name: "console" });
  await tab.fill("#nodeIp", address);
  await tab.click("#addNodeFormSubmit");
  await tab.shows(`#${id}-state-ws`, "2");
  await tab.shows(`#${id}-state-conn`, "2");
  await tab.shows(`#${id}-state-in`, "1");
  await tab.shows(`#${id}-state-out`, "1");
  await tab.shows(`#${id}-state-cpu`, /^\d+(\.\d+)?$/);
  await tab.shows(`#${id}-state-mem`, /^[1-9]\d+$/);
  await tab.shows(`#${id}-state-threads`, /^[1-9]\d*$/);

  await tab.click(`#${id}`);
  const rows = () => tab.page.evaluate(() =>
    [...document.querySelectorAll("#streamsTableBody tr")].map((tr) => [...tr.children].slice(0, 7).map((cell) => cell.textContent)));
  const list = await tab.sees("two streams", async () => {
    const all = await rows();
    return all.length === 2 && all;
  });
  const [published, played] = list.sort((a, b) => a[4].localeCompare(b[4])); // IN, OUT
  same(published.slice(0, 5), [await publisher.id(name), name, "WebRTC", "PUBLISHING", "IN"], "what is published");
  same(played.slice(0, 5), [await player.id(name), name, "WebRTC", "PLAYING", "OUT"], "what is played");
  truth(published[5] === "opus" && /^(VP8|H264)$/.test(published[6]), `codecs: ${published}`);
  await scene.shot(tab, "streams");
  const counts = [];
  for (const kind of ["pulled", "rtsp", "api", "all", "all"]) counts.push(await listed(tab, kind));
  same(counts, [2, 0, 0, 0, 2], "how many streams there are of each kind, from all of them to all");

  // What the pictures are like. The first look begins the time of which rates are told.
  await tab.click("#metricsModalBtn");
  await tab.page.waitForSelector("#streamMonitoring", { state: "visible" });
  await tab.page.selectOption("#videoNackThresholdFilter", "goe");
  const metrics = () => tab.page.evaluate(() =>
    [...document.querySelectorAll("#metricsTable tbody tr")].map((tr) => [...tr.children].slice(1).map((cell) => cell.textContent)));
  await tab.click("#streamMonitoring");
  const shown = await tab.sees("metrics of two streams", async () => {
    await tab.page.evaluate(() => document.querySelector("#refreshMetricsBtn").click());
    const all = await metrics();
    return all.length === 2 && all.every((row) => row[0] === name) && all;
  });
  for (const [, kind, width, height, rate, , frames, , fps] of shown) {
    truth(+width >= 160 && +height >= 120, `${kind}: ${width} by ${height} pixels`);
    truth(+rate > 1000 && +fps > 1 && +fps < 100, `${kind}: ${rate} bits and ${fps} frames a second`);
    same(frames, "0", `${kind}: B frames`);
  }
  await scene.shot(tab, "metrics");

  // And its end.
  await tab.page.evaluate(() => $("#streamMetricsDetailsModal").modal("hide"));
  await tab.sees("two streams again", async () => (await rows()).length === 2);
  await tab.page.evaluate((session) => {
    const row = [...document.querySelectorAll("#streamsTableBody tr")].find((tr) => tr.children[0].textContent === session);
    row.querySelector("button").click();
  }, published[0]);
  await publisher.reaches(name, "UNPUBLISHED: Stopped by rest /terminate");
  await player.reaches(name, "FAILED: Stopped by publisher stop");
  await tab.sees("an empty list", async () => (await rows()).length === 0);
}

// listed waits until the page has made its list anew, gives how long it is, and chooses what is listed next. It does so in that moment,
// when the page has asked for nothing: one whose answer comes after another choice is the last that it asks for.
async function listed(tab, next) {
  await tab.page.evaluate((kind) => {
    const body = document.querySelector("#streamsTableBody"), old = document.createElement("tr");
    body.append(old);
    window.sluiceListed = undefined;
    new MutationObserver((_, observer) => {
      if (old.isConnected) return;
      observer.disconnect();
      document.querySelector("#streamsTableInfoType").value = kind;
      document.querySelector("#streamsTableInfoTypeBtn").click();
      window.sluiceListed = body.children.length;
    }).observe(body, { childList: true });
  }, next);
  const count = () => tab.page.evaluate(() => window.sluiceListed);
  await tab.sees(`the list that is made before that of ${next}`, async () => (await count()) !== undefined);
  return count();
}
