package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

func TestVersionTellsOfGStreamer(t *testing.T) {
	var out bytes.Buffer
	if code := run(t.Context(), []string{"version", "--json"}, nil, &out, &out); code != exitOK {
		t.Fatal(out.String())
	}
	var got struct{ GStreamer *bool }
	if err := json.Unmarshal(out.Bytes(), &got); err != nil || got.GStreamer == nil || *got.GStreamer != hasGst {
		t.Errorf("%v, %s", err, &out)
	}
	out.Reset()
	if run(t.Context(), []string{"version"}, nil, &out, &out); strings.Contains(out.String(), "\nwith GStreamer\n") != hasGst {
		t.Errorf("got %s", &out)
	}
}
