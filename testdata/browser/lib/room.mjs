// A participant of a room in one of the pages that use the room API: conference, video-chat and their like.
export class Guest {
  constructor(tab, login) {
    this.tab = tab;
    this.login = login;
  }

  // at opens the page for a room.
  static async at(scene, page, login, room, name = login) {
    const tab = await scene.example(`streaming/${page}?roomName=${room}`, { name });
    await tab.fill("#url", scene.ws);
    await tab.fill("#login", login);
    return new Guest(tab, login);
  }

  // join joins, and waits until the guest's own picture is sent.
  async join() {
    await this.tab.click("#joinBtn");
    await this.tab.shows("#status", "ESTABLISHED");
    await this.tab.shows("#localStatus", "PUBLISHING");
    await this.tab.shows("#joinBtn", "Leave");
  }

  // sees waits until another guest's name, picture and sound are there, in any of the page's places.
  async sees(...others) {
    for (const other of others) {
      await this.tab.page.waitForFunction((name) => [...document.querySelectorAll("[id$=Name]")].some((e) => e.textContent === name), other.login);
    }
    await this.tab.plays({ count: others.length });
  }

  // hears waits for a line in the chat that ends with a text.
  hears(text) {
    return this.tab.shows("#chat", new RegExp(text));
  }

  async says(text) {
    await this.tab.page.fill("#message", text);
    await this.tab.click("#sendMessageBtn");
  }

  // events are the names of the room's events so far, with whom they are about.
  events() {
    return this.tab.messages
      .filter((m) => m.to === "page" && m.message === "OnDataEvent")
      .map(({ data: [{ payload }] }) => `${payload.name} ${payload.info?.login ?? payload.info?.from ?? JSON.stringify(payload.info)}`);
  }
}
