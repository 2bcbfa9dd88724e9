// Runs the tests that the SDK has in its package (test/*.js). They are written for mocha; what they use of it is here: describe,
// before, after, and it with a callback and a time limit, one after the other.
"use strict";

const Flashphoner = RoomApi.sdk;
Flashphoner.roomApi = RoomApi; // where the tests look for it; it has moved since they were written
const { expect } = chai;
const sOptions = { urlServer: new URLSearchParams(location.search).get("server") };
const initOptions = {};

const suite = { tests: [], results: [] };
let block = { name: "", before: [], after: [], parent: null };

function describe(name, body) {
  block = { name: `${block.name} ${name}`.trim(), before: [], after: [], parent: block };
  const mine = block;
  body();
  suite.tests.push({ after: mine });
  block = mine.parent;
}

const before = (step) => block.before.push(step);
const after = (step) => block.after.push(step);
const it = (name, body) => suite.tests.push({ name: `${block.name}: ${name}`, body, block });

// step runs a function that may take a callback, and fails if it is not called in time (2 s unless it says otherwise).
function step(body) {
  return new Promise((resolve, reject) => {
    let timer;
    const timeout = (ms) => {
      clearTimeout(timer);
      timer = setTimeout(() => reject(new Error(`not done after ${ms} ms`)), ms);
    };
    const done = (err) => {
      clearTimeout(timer);
      err ? reject(err) : resolve();
    };
    window.onerror = (message, file, line, column, err) => done(err ?? new Error(message));
    timeout(2000);
    try {
      body.call({ timeout }, done);
      if (body.length === 0) done();
    } catch (err) {
      done(err);
    }
  });
}

async function begin(of) {
  if (!of || of.begun) return;
  await begin(of.parent);
  of.begun = true;
  for (const one of of.before) await step(one);
}

// run runs the tests whose names do not contain one of the words in without.
suite.run = async (without) => {
  for (const { name, body, block: of, after: left } of suite.tests) {
    if (left) {
      if (left.begun) for (const one of left.after) await step(one);
      continue;
    }
    if (without.some((word) => name.includes(word))) continue;
    let result = "passed";
    try {
      await begin(of);
      await step(body);
    } catch (err) {
      result = String(err.message ?? err);
    }
    suite.results.push({ name, result });
    const line = document.createElement("li");
    line.textContent = `${name}: ${result}`;
    document.getElementById("results").append(line);
  }
  return suite.results;
};

function addDisplay(width = 320, height = 240) {
  const display = document.createElement("div");
  display.style.cssText = `width: ${width}px; height: ${height}px`;
  document.body.prepend(display);
  return display;
}

const removeDisplay = (display) => display.remove();
