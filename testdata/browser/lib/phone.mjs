// Telephones beside the browser, which the Go test has (cmd/sluice/browser/phones_test.go), and the fields of the SDK's pages that call them.
import { probe } from "./ffmpeg.mjs";
import { Sdk } from "./sdk.mjs";
import { costume, Stage, tones } from "./stage.mjs";

// Phone is a telephone. What it is told to do, or to wait for, has been done when the promise is kept.
export class Phone {
  constructor(scene, name) {
    this.scene = scene;
    this.name = name;
  }

  // at starts one for a user of the registrar. Its voice is the tone of a colour (stage.mjs). Options are those of the test's: manual,
  // codecs ["PCMU", …], film {codec, left, right}, srtp.
  static async at(scene, user, colour, options = {}) {
    const phone = new Phone(scene, user);
    await phone.do("start", { hertz: tones[colour], ...options });
    return phone;
  }

  do(command, more = {}) {
    return this.scene.ask("phone", { user: this.name, command, ...more });
  }

  // hears waits until it hears the tone of a colour, as loud as it is said: in decibels, that of pages in costume (costume.js) by itself.
  hears(colour, level = -10.5) {
    return this.do("hears", { hertz: tones[colour], level });
  }

  // sees waits until it is shown a colour, in both halves of the picture.
  sees(colour) {
    return this.do("sees", { film: { left: colour, right: colour } });
  }
}

// login fills in the fields of a page for a user of the registrar.
export async function login(scene, tab, user) {
  const [host, port] = scene.args.registrar.split(":");
  if (await tab.page.locator("#urlServer").count()) await tab.fill("#urlServer", scene.ws);
  await tab.fill("#sipLogin", user);
  await tab.fill("#sipAuthenticationName", user);
  await tab.fill("#sipPassword", `secret${user}`);
  await tab.fill("#sipDomain", host);
  await tab.fill("#sipOutboundProxy", host);
  await tab.fill("#sipPort", port);
}

// order fills in one of the pages that have the server call a telephone, and has it called by 1001. api is where its REST API is.
export async function order(scene, tab, { api = "rest-api", callee, stream }) {
  await login(scene, tab, "1001");
  const { more, rtmp } = scene.servers[0];
  await tab.fill("#restUrl", `http://${more}/${api}`);
  await tab.fill("#rtmpUrl", `rtmp://${rtmp}/live`);
  await tab.fill("#rtmpStream", stream);
  await tab.fill("#callee", callee);
  for (const box of ["#sipRegisterRequired", "#hasAudio", "#hasVideo"]) await tab.click(box);
  await tab.click("#callBtn");
}

// listener is a page that plays a stream of the RTMP server, once somebody publishes that: its SDK, and what it sees and hears.
export async function listener(scene, stream) {
  const sdk = await Sdk.at(scene, "listener", { before: costume("lime") });
  await sdk.tab.sees(`somebody who publishes ${stream}`, () => probe(`rtmp://${scene.servers[0].rtmp}/live/${stream}`).then((found) => {
    scene.notes[stream] = found.map((s) => s.codec_name).sort();
    return found.length === 2;
  }, () => false));
  await sdk.play(stream);
  return { sdk, stage: new Stage(sdk.tab, "#displays video") };
}

// A telephone says its tone with -12 dB; what an AnalyserNode shows of a sine is 13.6 dB below it (Blackman's window).
const loudness = -25.6;

// loud waits until the tone of a colour is as loud in a page as a telephone says it, within three decibels.
export async function loud(tab, selector, colour) {
  const at = Object.keys(tones).indexOf(colour);
  let last;
  await tab.sees(`the tone of ${colour} as loud as it is`, async () => {
    last = (await new Stage(tab, selector).report())?.heard[at];
    return Math.abs(last - loudness) <= 3.5; // last is rounded
  }).catch((err) => {
    throw new Error(`${err.message}\nit has ${last} dB and not ${loudness}`);
  });
}
