package form_test

import (
	"testing"

	"sluice/api/records/form"
	"sluice/engine/fault"
	"sluice/engine/media"
)

func tracks(list ...media.Codec) (out []media.Track) {
	for _, c := range list {
		out = append(out, media.NewTrack(c))
	}
	return out
}

func TestFor(t *testing.T) {
	const refused = form.Format("")
	for _, row := range []struct {
		of, want form.Format
		codecs   []media.Codec
	}{
		{form.Auto, form.MP4, []media.Codec{media.H264, media.AAC}},
		{form.Auto, form.MP4, []media.Codec{media.H264, media.Opus}},
		{form.Auto, form.MP4, []media.Codec{media.H264}},
		{form.Auto, form.MP4, []media.Codec{media.AAC}},
		{form.Auto, form.MP4, []media.Codec{media.AV1, media.Opus}},
		{form.Auto, form.MP4, []media.Codec{media.VP9, media.AAC}},
		{form.Auto, form.WebM, []media.Codec{media.VP8, media.Opus}},
		{form.Auto, form.WebM, []media.Codec{media.VP9, media.Opus}},
		{form.Auto, form.WebM, []media.Codec{media.VP8}},
		{form.Auto, form.WebM, []media.Codec{media.Opus}},
		{form.Auto, refused, []media.Codec{media.VP8, media.AAC}},
		{form.WebM, refused, []media.Codec{media.H264, media.Opus}},
		{form.MP4, refused, []media.Codec{media.VP8, media.AAC}},
		{form.TS, form.TS, []media.Codec{media.H264, media.AAC}},
		{form.TS, refused, []media.Codec{media.AV1}},
		{form.MP4, refused, []media.Codec{media.PCMU}},
	} {
		got, err := row.of.For(tracks(row.codecs...))
		if row.want == refused {
			if fault.CodeOf(err) != fault.CodecNotAvailable {
				t.Errorf("%s of %v: %s, %v", row.of, row.codecs, got, err)
			}
		} else if got != row.want || err != nil {
			t.Errorf("%s of %v: %s, %v", row.of, row.codecs, got, err)
		}
	}
}

func TestWant(t *testing.T) {
	for f, want := range map[form.Format]string{
		form.Auto: "video: h264 or h265 or av1 or vp9 or vp8; audio: aac or opus",
		form.MP4:  "video: h264 or h265 or av1 or vp9; audio: aac or opus",
		form.WebM: "video: vp8 or vp9 or av1; audio: opus",
		form.TS:   "video: h264 or h265; audio: aac or opus or mp3 or ac3",
	} {
		if got := f.Want().String(); got != want {
			t.Errorf("%s: %s", f, got)
		}
	}
}

func TestOf(t *testing.T) {
	for name, want := range map[string]form.Format{"a/b.mp4": form.MP4, "x.webm": form.WebM, "x.ts": form.TS, "x.auto": "", "x.mp4.json": "", "mp4": ""} {
		if got, ok := form.Of(name); got != want || ok != (want != "") {
			t.Errorf("%s: %s %t", name, got, ok)
		}
	}
}
