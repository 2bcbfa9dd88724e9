// A graph that is added, changed and taken away while the server runs changes what publishing does, for who comes then. Who
// publishes and plays already does not notice.
import { same, truth } from "../lib/scene.mjs";
import { patience } from "../lib/tab.mjs";
import { Sdk } from "../lib/sdk.mjs";

const graph = (codecs) => `graph: v1
about: Publishes with few codecs.

route:
  - ws.publish /own/{stream...}

nodes:
  in: webrtc.in codecs=${codecs}
  out: stream.out name=own/$stream

links:
  - in -> out
`;

export default async function (scene) {
  const publisher = await Sdk.at(scene, "publisher");
  const player = await Sdk.at(scene, "player");
  const name = (key) => `own/${scene.stream}-${key}`;
  const codec = async (key) => {
    const id = await publisher.id(key);
    const { data: [, sdp] } = publisher.tab.messages.find((m) => m.message === "setRemoteSDP" && m.data[0] === id);
    const pt = sdp.match(/^m=video \S+ \S+ (\d+)/m)[1];
    return sdp.match(new RegExp(`^a=rtpmap:${pt} ([^/]+)`, "m"))[1];
  };
  let tries = 0;
  // until publishes again and again until the codec is the wanted one, as the server may take a moment to see the change.
  const until = async (wanted) => {
    for (const deadline = Date.now() + patience; ; ) {
      const key = `try${++tries}`;
      await publisher.publish(name(key), { key });
      const got = await codec(key);
      if (got === wanted) return key;
      truth(Date.now() < deadline, `the codec is still ${got} and not ${wanted}`);
      await publisher.stop(key);
    }
  };

  await publisher.publish(name("first"), { key: "first" });
  same(await codec("first"), "VP8", "the codec without a graph of our own");
  await player.play(name("first"), { key: "first" });
  await player.tab.plays();

  await scene.ask("graph", { server: 0, name: "own.yaml", text: graph("h264,opus") });
  const second = await until("H264");
  await player.play(name(second), { key: "second" });
  await player.tab.plays({ count: 2 });

  await scene.ask("graph", { server: 0, name: "own.yaml", text: graph("vp9,opus") });
  await until("VP9");
  await scene.ask("graph", { server: 0, name: "own.yaml", text: "" });
  await until("VP8");

  await player.tab.plays({ count: 2 });
  for (const key of ["first", "second"]) same((await player.statuses(key)).at(-1), "PLAYING", "who played all the time");
}
