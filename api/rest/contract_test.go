package rest_test

import (
	"testing"

	"sluice/api/rest"
	"sluice/engine/element/elementtest"
)

// TestEvents holds the events, sessions and variables that routes are written against.
func TestEvents(t *testing.T) {
	const want = `rest.start
rest.call / $phone from:string to:string account:string publish:string scheme:string url:uri key:string
rest.inject / $phone from:string to:string account:string publish:string scheme:string url:uri key:string
boot`
	if got := elementtest.OutlineEvents(rest.Triggers()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for _, fault := range elementtest.Triggers(rest.Triggers()) {
		t.Error(fault)
	}
}
