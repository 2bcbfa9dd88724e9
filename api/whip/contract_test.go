package whip_test

import (
	"testing"

	"sluice/api/whip"
	"sluice/engine/element/elementtest"
)

// TestEvents holds the events, sessions and variables that routes are written against.
func TestEvents(t *testing.T) {
	const want = `whip.publish / $browser query:map user:string
whep.play / $browser query:map user:string`
	if got := elementtest.OutlineEvents(whip.Triggers()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for _, fault := range elementtest.Triggers(whip.Triggers()) {
		t.Error(fault)
	}
}
