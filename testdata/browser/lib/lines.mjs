// Questions and answers with the Go test, one JSON object a line: {"id":1,"do":"run","with":{…}} is answered with
// {"for":1,"gives":{…}} or {"for":1,"fails":"why"}. Both ends may ask, and each counts its own questions.
import { createInterface } from "node:readline";

export class Lines {
  #asked = new Map();
  #next = 0;
  #out;

  // answer is called for each question with its "do" and "with"; what it returns or throws is the answer.
  constructor(input, output, answer) {
    this.#out = output;
    this.ended = new Promise((resolve) => {
      const lines = createInterface({ input });
      lines.on("line", (line) => this.#take(JSON.parse(line), answer));
      lines.on("close", resolve);
    });
  }

  // ask puts a question to the Go test. about names the run that it belongs to.
  ask(about, what, args = {}) {
    const id = ++this.#next;
    return new Promise((resolve, reject) => {
      this.#asked.set(id, { resolve, reject });
      this.#write({ id, about, do: what, with: args });
    });
  }

  async #take(line, answer) {
    if (line.for) {
      const { resolve, reject } = this.#asked.get(line.for);
      this.#asked.delete(line.for);
      return line.fails ? reject(new Error(line.fails)) : resolve(line.gives);
    }
    try {
      this.#write({ for: line.id, gives: (await answer(line.do, line.with, line.id)) ?? null });
    } catch (err) {
      this.#write({ for: line.id, fails: err.stack ?? String(err) });
    }
  }

  #write(line) {
    this.#out.write(JSON.stringify(line) + "\n");
  }
}
