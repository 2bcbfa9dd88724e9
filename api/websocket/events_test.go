package websocket_test

import (
	"testing"

	"sluice/api/websocket"
	"sluice/engine/element/elementtest"
)

func TestEvents(t *testing.T) {
	for _, fault := range elementtest.Triggers(websocket.Triggers()) {
		t.Error(fault)
	}
}
