package mixer_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"sluice/engine/media"
)

// A mixer has 36 places, and says so in no words of its graph.
func TestFull(t *testing.T) {
	const places = 36
	h := open(t)
	uri := "mixer://m"
	h.good("/mixer/startup", J{"uri": uri, "localStreamName": "out"})
	for n := range places + 1 {
		name := fmt.Sprintf("guest%d", n)
		h.Publish(name, media.Opus)
		body := J{"uri": uri, "remoteStreamName": name}
		if n < places {
			h.good("/mixer/add", body)
			continue
		}
		if p := h.refused("/mixer/add", body); p.Status != http.StatusServiceUnavailable || strings.Contains(p.Message, "seat:") {
			t.Errorf("%+v", p)
		}
	}
}
