//go:build cgo && !nogst

package pipeline

import (
	"math"
	"testing"
)

func TestLevel(t *testing.T) {
	for text, want := range map[string]float64{
		"level, duration=(guint64)2, rms=(GValueArray)< -20.5, -31 >, peak=(GValueArray)< -1, -2 >;": -20.5,
		"level, rms=(GValueArray)< -699.99 >":                                                        -699.99,
		"level, rms=(GValueArray)< -inf >":                                                           math.Inf(-1),
	} {
		if got, ok := level(text); !ok || got != want {
			t.Errorf("%q: %v, %t", text, got, ok)
		}
	}
	for _, text := range []string{"", "level", "level, rms=3", "level, rms=(GValueArray)< -20", "level, rms=(GValueArray)< a >", "level, peak=(GValueArray)< -1 >"} {
		if got, ok := level(text); ok {
			t.Errorf("%q: %v", text, got)
		}
	}
}
