package flv_test

import (
	"testing"

	"sluice/api/rtmp/flv"
	"sluice/engine/media"
)

// follow takes all tags of a body as two messages of a stream, and writes what it makes of them.
func follow(t *testing.T, tags []flv.Tag) {
	inputs := map[uint8]*flv.Input{}
	for range 2 {
		for i := range tags {
			in := inputs[tags[i].Track]
			if in == nil {
				var err error
				if in, err = flv.NewInput(&tags[i]); err != nil {
					continue
				}
				inputs[tags[i].Track] = in
			}
			u, ok, err := in.Take(&tags[i])
			if err != nil || !ok {
				continue
			}
			if u.Bytes() == 0 || len(u.AU) > 2000 {
				t.Fatalf("a unit of %d bytes in %d parts", u.Bytes(), len(u.AU))
			}
			track, _ := in.Track()
			flv.Make(&track, &u)
			flv.Config(&track)
		}
	}
}

func seeds(f *testing.F, list ...string) {
	for _, text := range list {
		f.Add(bits(f, text))
	}
}

func FuzzVideo(f *testing.F) {
	seeds(f, "17 00 000000 01 42c00c ff e1 0017"+sps264+"01 0004"+pps264, "17 01 000000 00000002 6501", "90 68766331"+head265, "91 68766331 000028 00000003 26010a",
		"96 21 76703039 00 000001 aa 61763031 01 000002 bbcc", "97 00 ff 17 02 0003e8 01 76703039 aa", "90 61763031"+av1C, "91 61763031 1200 3201 00", "14 31 aa", "22 aa")
	f.Fuzz(func(t *testing.T, b []byte) {
		tags, err := flv.ParseVideo(b)
		if err == nil {
			follow(t, tags)
		}
		for _, c := range []media.Codec{media.H264, media.H265, media.AV1} {
			track := track(c, 90000, 0, b)
			flv.Config(&track)
			flv.Make(&track, &media.Unit{Key: true, AU: [][]byte{b, {}}})
		}
	})
}

func FuzzAudio(f *testing.F) {
	seeds(f, "af 00 1210", "af 01 2101", "2f fffb9064", "90 4f707573 4f707573486561640102", "95 11 4f707573 00 000001 fc 01 000001 fd", "62 01", "b2 02", "72 d5")
	f.Fuzz(func(t *testing.T, b []byte) {
		tags, err := flv.ParseAudio(b)
		if err == nil {
			follow(t, tags)
		}
	})
}
