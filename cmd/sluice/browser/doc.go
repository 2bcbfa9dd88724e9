// Package browser holds the tests of the built program with a real browser: headless Chromium with the unmodified Web SDK
// from npm and its own example pages, which publish and play through `sluice serve`. It has no other code. The scenarios
// themselves are in testdata/browser, in the language of the pages; this package starts the servers and the networks that
// they need, and judges. Without SLUICE_BROWSER=1 it skips everything that needs a browser; `make browser` sets that, and
// then nothing is skipped.
package browser
