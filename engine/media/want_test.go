package media

import (
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"sluice/engine/fault"
)

func describe(codecs ...Codec) Description {
	var d Description
	for _, c := range codecs {
		d.Tracks = append(d.Tracks, NewTrack(c))
	}
	return d
}

func TestMatch(t *testing.T) {
	reordered := describe(H264, AAC)
	reordered.Tracks[0].BFrames = true
	browser := Want{Video: []Codec{H264, VP8}, Audio: []Codec{Opus, PCMU}, NoBFrames: true}
	for name, row := range map[string]struct {
		d       Description
		w       Want
		picks   []int
		missing []Kind
		err     string // without its place; "" if all is well
	}{
		"exact":              {d: describe(Opus, H264), w: browser, picks: []int{1, 0}},
		"reader's order":     {d: describe(VP8, H264), w: browser, picks: []int{1}},
		"earlier of equals":  {d: describe(H264, H264), w: browser, picks: []int{0}},
		"kind not published": {d: describe(VP8), w: browser, picks: []int{0}},
		"any":                {d: describe(VP6, Nellymoser), w: Everything(), picks: []int{0, 1}},
		"any ranks too":      {d: describe(MP3, Opus), w: Want{Audio: []Codec{Opus, Any}}, picks: []int{1}},
		"one kind misses": {
			d: describe(VP9, Opus), w: browser, picks: []int{1}, missing: []Kind{Video},
			err: "video: vp9 published, h264 or vp8 without b-frames wanted",
		},
		"both miss": {
			d: reordered, w: browser, missing: []Kind{Video, Audio},
			err: "video: h264 with b-frames published, h264 or vp8 without b-frames wanted; audio: aac published, opus or pcmu wanted",
		},
		"several published": {
			d: describe(VP9, AV1, VP9), w: Want{Video: []Codec{VP8}}, missing: []Kind{Video},
			err: "video: vp9 and av1 published, vp8 wanted",
		},
		"nothing in common": {
			d: describe(Opus), w: Want{Video: []Codec{VP8}},
			err: "video: none published, vp8 wanted",
		},
	} {
		m, err := row.w.Match(row.d)
		if !slices.Equal(m.Picks, row.picks) || !slices.Equal(m.Missing, row.missing) {
			t.Errorf("%s: %+v", name, m)
		}
		if row.err == "" && err != nil || row.err != "" && (!errors.Is(err, fault.CodecNotAvailable) || err.Error() != row.err) {
			t.Errorf("%s: %v, want %q", name, err, row.err)
		}
	}
}

func TestMatchOfNothingWantedIsTheReadersMistake(t *testing.T) {
	if _, err := (Want{}).Match(describe(VP8)); !errors.Is(err, fault.InvalidRequest) {
		t.Errorf("got %v", err)
	}
}

// TestMatchIsSound holds for any two sides: each pick suits, none is of a kind picked before, every wanted and published
// kind is either picked or missing, and there is an error exactly if something is missing or nothing is picked.
func TestMatchIsSound(t *testing.T) {
	var all []Codec
	for _, info := range Codecs() {
		all = append(all, info.Codec)
	}
	codecs := rapid.SliceOfN(rapid.SampledFrom(all), 0, 4)
	ofKind := func(list []Codec, k Kind) []Codec {
		return slices.DeleteFunc(slices.Clone(list), func(c Codec) bool { return c.Kind() != k })
	}
	rapid.Check(t, func(t *rapid.T) {
		d, wanted := describe(codecs.Draw(t, "published")...), codecs.Draw(t, "wanted")
		w := Want{Audio: ofKind(wanted, Audio), Video: ofKind(wanted, Video)}
		m, err := w.Match(d)
		answered := slices.Clone(m.Missing)
		for _, i := range m.Picks {
			if w.Takes(d.Tracks[i]) < 0 {
				t.Fatalf("picked %v for %+v", d.Tracks[i], w)
			}
			answered = append(answered, d.Tracks[i].Kind)
		}
		for _, k := range []Kind{Audio, Video} {
			n := len(slices.DeleteFunc(slices.Clone(answered), func(o Kind) bool { return o != k }))
			if both := d.Index(k) >= 0 && len(w.Codecs(k)) > 0; both != (n == 1) {
				t.Fatalf("%s is answered %d times by %+v", k, n, m)
			}
		}
		if (err != nil) != (len(m.Missing) > 0 || len(m.Picks) == 0) {
			t.Fatalf("%+v with %v", m, err)
		}
	})
}
