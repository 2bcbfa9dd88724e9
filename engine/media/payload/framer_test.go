package payload_test

import (
	"errors"
	"strings"
	"testing"

	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/media/payload"
)

// words is a framing for tests: a payload is a frame; "(" opens one that ")" ends, "!" cannot be read, "~" is a rest.
type words struct{ open bool }

func (w *words) Take(dst []media.Unit, p *media.Packet) ([]media.Unit, error) {
	switch string(p.Payload) {
	case "!":
		return append(dst, media.Unit{}), errors.New("an exclamation")
	case "~":
		return dst, payload.ErrRest
	case "(":
		w.open = true
		return dst, nil
	}
	w.open = false
	return append(dst, media.Unit{PTS: p.PTS, AU: [][]byte{p.Payload}}), nil
}

func (w *words) Open() bool { return w.open }
func (w *words) Reset()     { w.open = false }

func TestFramer(t *testing.T) {
	for _, c := range []struct {
		name, packets, want string
		stats               payload.Stats
		code                fault.Code
	}{
		{"each packet is whole", "1:0:a 2:20:b", "a@0s b@20ms", payload.Stats{Packets: 2, Units: 2}, ""},
		{"a gap takes nothing else", "1:0:a 4:60:d", "a@0s d@60ms", payload.Stats{Packets: 2, Lost: 2, Units: 2}, ""},
		{"but the frame that is open", "1:0:( 3:20:c", "c@20ms", payload.Stats{Packets: 2, Lost: 1, Units: 1, Spoiled: 1}, ""},
		{"late and repeated ones are left out", "2:0:a 1:0:b 2:0:a", "a@0s", payload.Stats{Packets: 1, Late: 2, Units: 1}, ""},
		{"what cannot be read gives nothing", "1:0:a 2:0:! 3:20:b", "a@0s b@20ms", payload.Stats{Packets: 3, Corrupt: 1, Units: 2}, fault.MediaCorrupt},
		{"the rest of what was lost is no fault", "1:0:~ 2:20:b", "b@20ms", payload.Stats{Packets: 2, Units: 1, Spoiled: 1}, ""},
		{"padding is no frame", "1:0: 2:0:a", "a@0s", payload.Stats{Packets: 2, Units: 1}, ""},
		{"the end takes what is open", "1:0:a 2:20:(", "a@0s", payload.Stats{Packets: 2, Units: 1, Spoiled: 1}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := payload.NewFramer(&words{})
			var units []media.Unit
			var code fault.Code
			for _, word := range strings.Split(c.packets, " ") {
				p := packet(t, word)
				var err error
				if units, err = f.Depacketize(units, &p); err != nil {
					code = fault.CodeOf(err)
				}
			}
			units = f.Flush(units)
			if got := tell(units); got != c.want || f.Stats() != c.stats || code != c.code {
				t.Errorf("got %q, %+v, %q; want %q, %+v, %q", got, f.Stats(), code, c.want, c.stats, c.code)
			}
			for _, u := range units {
				if !u.Key {
					t.Errorf("no key: %s", tell(units))
				}
			}
		})
	}
}
