// Package drift shows by its tests that hours of sound from sources whose clocks differ stay in time through all that sluice does with
// them: the publication's clock, the bridge into GStreamer and the mixer. The hours pass as fast as the machine can. There is nothing but
// tests in it.
package drift
