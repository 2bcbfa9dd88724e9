// What is seen and heard in a player of a page in costume (costume.js): colours by their places in the picture, and tones.
import { readFileSync } from "node:fs";

const script = readFileSync(new URL("costume.js", import.meta.url), "utf8");

// tones are the frequencies of those who speak, in Hz.
export const tones = { red: 440, blue: 1000, lime: 1500, yellow: 2200 };

// costume is what a page runs before anything else, so that its camera shows a colour, its screen another, and its microphone gives
// the tone of the first.
export const costume = (camera, screen = "yellow") => `${script};sluiceCostume(${JSON.stringify({ camera, screen, tone: tones[camera] })})`;

// named is the name of a colour, as far as there is one.
function named([red, green, blue]) {
  const high = (v) => v > 150, low = (v) => v < 100;
  if (Math.max(red, green, blue) < 45) return "black";
  if (high(red) && low(green) && low(blue)) return "red";
  if (low(red) && low(green) && high(blue)) return "blue";
  if (low(red) && high(green) && low(blue)) return "lime";
  if (high(red) && high(green) && low(blue)) return "yellow";
  return `${red},${green},${blue}`;
}

// Stage is a player in a tab.
export class Stage {
  constructor(tab, selector) {
    this.tab = tab;
    this.selector = selector;
  }

  report() {
    return this.tab.page.evaluate(([s, f]) => sluiceStage.report(s, f), [this.selector, Object.values(tones)]);
  }

  // sees waits until fields have their colours: {"3,4": "red"} is the fourth column and the fifth row of 16 by 9.
  async sees(fields) {
    let last;
    await this.tab.sees(JSON.stringify(fields), async () => {
      const now = await this.report();
      if (!now?.shown.length) return false;
      last = Object.fromEntries(Object.keys(fields).map((at) => {
        const [x, y] = at.split(",").map(Number);
        return [at, named(now.shown[16 * y + x])];
      }));
      return Object.entries(fields).every(([at, colour]) => last[at] === colour);
    }).catch((err) => {
      throw new Error(`${err.message}\nseen at last: ${JSON.stringify(last)}`);
    });
  }

  // hears waits until the tones of these colours are in the sound, and no others: 30 dB below them.
  async hears(...colours) {
    let last;
    await this.tab.sees(`the tones of ${colours}`, async () => {
      last = (await this.report())?.heard;
      if (!last?.length) return false;
      const of = (is) => Object.keys(tones).filter((c) => colours.includes(c) === is).map((c) => last[Object.keys(tones).indexOf(c)]);
      const quietest = colours.length ? Math.min(...of(true)) : -30;
      return quietest > -55 && Math.max(...of(false)) < quietest - 30;
    }).catch((err) => {
      throw new Error(`${err.message}\nheard at last, in dB: ${last} of ${Object.values(tones)} Hz`);
    });
  }
}
