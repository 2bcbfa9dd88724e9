package harm_test

import (
	"bytes"
	"errors"
	"reflect"
	"testing"
	"time"

	"sluice/engine/fault"
	"sluice/engine/gst/trials/harm"
	"sluice/engine/media"
)

func sample() harm.Stream {
	t := media.NewTrack(media.H264)
	t.Extra = [][]byte{bytes.Repeat([]byte{0x67}, 30)}
	s := harm.Stream{Track: t}
	for i := range 20 {
		at := time.Duration(i) * 40 * time.Millisecond
		s.Units = append(s.Units, media.Unit{PTS: at, DTS: at, Key: i == 0, AU: [][]byte{{9, 16}, bytes.Repeat([]byte{byte(i)}, 100)}})
	}
	return s
}

// The same seed does the same, different ones do different things, the original is left alone, and nothing explodes.
func TestFile(t *testing.T) {
	data := bytes.Repeat([]byte("media"), 400)
	before := bytes.Clone(data)
	seen := map[string]bool{}
	for seed := range uint64(500) {
		out := harm.File(seed, data)
		if !bytes.Equal(out, harm.File(seed, data)) {
			t.Fatalf("seed %d does two things", seed)
		}
		if seed == 0 && !bytes.Equal(out, data) {
			t.Errorf("seed 0 damages")
		}
		if len(out) > 4*len(data)+256 {
			t.Errorf("seed %d makes %d bytes of %d", seed, len(out), len(data))
		}
		seen[string(out)] = true
	}
	if !bytes.Equal(data, before) {
		t.Error("the original was changed")
	}
	if len(seen) < 480 {
		t.Errorf("500 seeds make %d files", len(seen))
	}
	for seed := range uint64(100) {
		harm.File(seed, nil)
		harm.File(seed, []byte{1})
	}
}

func TestDamage(t *testing.T) {
	s := sample()
	same := 0
	for seed := range uint64(500) {
		out := s.Damage(seed)
		if !reflect.DeepEqual(out, s.Damage(seed)) {
			t.Fatalf("seed %d does two things", seed)
		}
		if out.Track.Codec != media.H264 {
			t.Errorf("seed %d changes the codec", seed)
		}
		if reflect.DeepEqual(out, s) {
			same++
		}
	}
	if !reflect.DeepEqual(s, sample()) {
		t.Error("the original was changed")
	}
	if !reflect.DeepEqual(s.Damage(0), s) {
		t.Error("seed 0 damages")
	}
	if same > 25 { // seed 0, and what hits nothing
		t.Errorf("%d of 500 seeds damage nothing", same)
	}
	harm.Stream{}.Damage(3)
}

func TestStreamsAreKept(t *testing.T) {
	s := sample().Damage(5)
	text, err := s.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	got, err := harm.Parse(text)
	if err != nil || !reflect.DeepEqual(got.Units, s.Units) || !reflect.DeepEqual(got.Track, s.Track) {
		t.Errorf("%v: %+v", err, got)
	}
	if _, err := harm.Parse([]byte("x")); !errors.Is(err, fault.MediaCorrupt) {
		t.Errorf("%v", err)
	}
}

func FuzzParse(f *testing.F) {
	text, err := sample().Bytes()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text, uint64(1))
	f.Add([]byte(`{"units":[{"AU":null}]}`), uint64(2))
	f.Fuzz(func(_ *testing.T, text []byte, seed uint64) {
		if s, err := harm.Parse(text); err == nil {
			s.Damage(seed)
		}
	})
}
