package leg_test

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"sluice/api/sip/leg"
	"sluice/api/sip/sdp"
	"sluice/engine/enginetest"
	"sluice/engine/media"
)

// chunk is 20 ms of something that is known again.
func chunk(n byte, size int) []byte { return bytes.Repeat([]byte{n}, size) }

// TestBothWays: what one side's graph gives, the other side's gets, whoever offers and however it is protected.
func TestBothWays(t *testing.T) {
	for name, c := range map[string]struct {
		codec    media.Codec
		security sdp.Security
	}{
		"pcmu": {media.PCMU, sdp.Plain}, "pcma": {media.PCMA, sdp.Plain}, "g722": {media.G722, sdp.Plain},
		"sdes": {media.PCMU, sdp.SDES}, "sdes under avp": {media.PCMU, sdp.SDESMaybe}, "dtls": {media.PCMU, sdp.DTLS},
	} {
		t.Run(name, func(t *testing.T) {
			p, h := pool(t), newHub(t)
			change := func(o *leg.Options) { o.Codecs, o.Security = []media.Codec{c.codec}, c.security }
			a, b := newEnd(t, p, change), newEnd(t, p, change)
			call(t, a, b)
			if a.Secure() != (c.security != sdp.Plain) || b.Secure() != a.Secure() {
				t.Errorf("encrypted: %v and %v", a.Secure(), b.Secure())
			}
			publish(t, h, a, "from-b")
			publish(t, h, b, "from-a")
			heardByA, heardByB := read(t, h, "from-b"), read(t, h, "from-a")
			track := a.Tracks()[0]
			one, two := newVoice(t, h, "one", track, 160), newVoice(t, h, "two", track, 160)
			play(t, h, a, "one")
			play(t, h, b, "two")
			speak(t, one, heardByB, chunk(10, 160))
			speak(t, two, heardByA, chunk(20, 160))
		})
	}
}

// speak says something, as often as sound comes, until it is heard: before keys are agreed on, nothing is.
func speak(t *testing.T, v *voice, heard *gather, what []byte) {
	t.Helper()
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	late := time.After(enginetest.Patience)
	for {
		v.say(t, what)
		select {
		case <-ticker.C:
		case <-late:
			t.Fatal("nothing of it was heard")
		}
		if slices.ContainsFunc(heard.all(), func(p *media.Packet) bool { return bytes.Equal(p.Payload, what) }) {
			return
		}
	}
}
