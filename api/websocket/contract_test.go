package websocket_test

import (
	"testing"

	"sluice/api/websocket"
	"sluice/engine/element/elementtest"
)

func TestContract(t *testing.T) {
	reg := elementtest.GStreamer(t, websocket.Elements()...)
	for _, d := range websocket.Elements() {
		elementtest.Check(t, reg, d)
	}
}
