// Package enginetest is the test kit of the engine: a clock that stands until it is moved, sources of real RTP, free
// ports, and the check that no goroutine is left behind. Only tests import it.
package enginetest

import (
	"testing"

	"go.uber.org/goleak"
)

// Main is the TestMain of packages with goroutines: it runs the tests and fails if one of them left a goroutine.
func Main(m *testing.M) { goleak.VerifyTestMain(m) }
