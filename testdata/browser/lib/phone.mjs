// Telephones beside the browser, which the Go test has (cmd/sluice/browser/phones_test.go), and the fields of the SDK's pages that call them.
import { Stage, tones } from "./stage.mjs";

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

  // hears waits until it hears the tone of a colour, as loud as it is said.
  hears(colour) {
    return this.do("hears", { hertz: tones[colour] });
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
