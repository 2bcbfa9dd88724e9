package main

import (
	"bytes"
	"log/slog"
	"testing"
)

func TestWordsForPeople(t *testing.T) {
	for debug, want := range map[string]string{
		"":  "level=WARN msg=\"branch failed\" instance=run\nlevel=WARN msg=late\n",
		"3": "level=WARN msg=\"branch failed\" instance=run\n0:00:01 GST_PADS\nlevel=WARN msg=late\n",
	} {
		t.Setenv("GST_DEBUG", debug)
		var b bytes.Buffer
		log := slog.New(plain{warnings(&b).Handler(), &b}).With("instance", "run")
		log.Info("all is well")
		log.Error("instance lost", "err", "it hangs")
		log.Warn("branch failed")
		passOn(log, "0:00:01 GST_PADS")
		passOn(log, "level=WARN msg=late")
		if b.String() != want {
			t.Errorf("GST_DEBUG=%s: got\n%s", debug, &b)
		}
	}
}
