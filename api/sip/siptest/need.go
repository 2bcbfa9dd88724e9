package siptest

import (
	"testing"

	"sluice/engine/enginetest/program"
)

// need skips the test where its time is short, as in `make unit`: calls last as long as calls do, and `make race` makes them all. Else a
// program that is missing is told of.
func need(t testing.TB, name string) {
	t.Helper()
	if testing.Short() {
		t.Skip("telephones take their time: without -short, or make race")
	}
	program.Need(t, name)
}
