package hls_test

import (
	"testing"

	"sluice/api/hls"
	"sluice/engine/element/elementtest"
)

// TestEvents holds the events, sessions and variables that routes are written against.
func TestEvents(t *testing.T) {
	const want = `hls.play / query:map user:string profile:string at:string`
	if got := elementtest.OutlineEvents(hls.Triggers()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for _, fault := range elementtest.Triggers(hls.Triggers()) {
		t.Error(fault)
	}
}
