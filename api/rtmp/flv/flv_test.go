package flv_test

import (
	"bytes"
	"encoding/hex"
	"reflect"
	"strings"
	"testing"
	"time"

	"sluice/api/rtmp/flv"
	"sluice/engine/fault"
	"sluice/engine/media"
)

// What encoders write: x264's parameter sets, x265's record and its sets, libaom's sequence header, libvpx's record.
const (
	sps264  = "6742c00cda05067e7c0440000003004000000c83c50aa8"
	pps264  = "68ce0fc8"
	vps265  = "40010c01ffff01600000030090000003000003003c959809"
	sps265  = "42010101600000030090000003000003003ca00a080b9f796566924caf016808000003000800000300c840"
	pps265  = "4401c172b46240"
	head265 = "0101600000009000000000003cf000fcfdf8f800000f03"
	av1C    = "81000c000a0b000000043cfeccdaf90040"
	vpcC    = "01000000000a82020202"
)

func bits(t testing.TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(text, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func track(c media.Codec, rate uint32, channels int, extra ...[]byte) media.Track {
	t := media.NewTrack(c)
	if rate > 0 {
		t.ClockRate = rate
	}
	t.Channels, t.Extra = channels, extra
	return t
}

func parse(t testing.TB, k media.Kind, body []byte) []flv.Tag {
	t.Helper()
	f := flv.ParseVideo
	if k == media.Audio {
		f = flv.ParseAudio
	}
	tags, err := f(body)
	if err != nil {
		t.Fatalf("% x: %v", body, err)
	}
	return tags
}

// TestThereAndBack writes units of every codec and reads them again.
func TestThereAndBack(t *testing.T) {
	sps, pps := bits(t, sps264), bits(t, pps264)
	sets := [][]byte{bits(t, vps265), bits(t, sps265), bits(t, pps265)}
	mp3 := append(bits(t, "fffb9064"), make([]byte, 413)...)
	header := bits(t, av1C)[4:]
	for _, row := range []struct {
		track media.Track
		unit  media.Unit
	}{
		{track(media.H264, 90000, 0, sps, pps), media.Unit{PTS: 80 * time.Millisecond, Key: true, AU: [][]byte{sps, pps, {0x65, 1}, {0x65, 2}}}},
		{track(media.H264, 90000, 0, sps, pps), media.Unit{AU: [][]byte{{0x41, 1}}}},
		{track(media.H265, 90000, 0, sets...), media.Unit{PTS: 40 * time.Millisecond, Key: true, AU: append(append([][]byte{}, sets...), []byte{0x26, 1, 5})}},
		{track(media.AV1, 90000, 0), media.Unit{Key: true, AU: [][]byte{append(append([]byte{}, header...), 0x32, 1, 0)}}},
		{track(media.VP9, 90000, 0), media.Unit{Key: true, AU: [][]byte{{1, 2, 3}}}},
		{track(media.VP8, 90000, 0), media.Unit{AU: [][]byte{{1, 2, 3}}}},
		{track(media.Sorenson, 0, 0), media.Unit{Key: true, AU: [][]byte{{1, 2, 3}}}},
		{track(media.ScreenFlv, 0, 0), media.Unit{AU: [][]byte{{1, 2, 3}}}},
		{track(media.VP6, 0, 0, []byte{0x31}), media.Unit{Key: true, AU: [][]byte{{1, 2, 3}}}},
		{track(media.AAC, 44100, 2, []byte{0x12, 0x10}), media.Unit{Key: true, AU: [][]byte{{0x21, 1}}}},
		{track(media.MP3, 90000, 2), media.Unit{Key: true, AU: [][]byte{mp3}}},
		{track(media.Opus, 48000, 2), media.Unit{Key: true, AU: [][]byte{{0xfc, 1}}}},
		{track(media.PCMA, 8000, 1), media.Unit{Key: true, AU: [][]byte{{0xd5}}}},
		{track(media.PCMU, 8000, 2), media.Unit{Key: true, AU: [][]byte{{0xff}}}},
		{track(media.Speex, 16000, 1), media.Unit{Key: true, AU: [][]byte{{1, 2}}}},
		{track(media.Nellymoser, 16000, 1), media.Unit{Key: true, AU: [][]byte{{1, 2}}}},
		{track(media.Nellymoser, 8000, 1), media.Unit{Key: true, AU: [][]byte{{1, 2}}}},
		{track(media.Nellymoser, 22050, 1), media.Unit{Key: true, AU: [][]byte{{1, 2}}}},
	} {
		f := flv.Make(&row.track, &row.unit)
		if f == nil || len(f.Bodies) != 1 {
			t.Errorf("%s: %+v", row.track, f)
			continue
		}
		bodies := [][]byte{f.Config, f.Bodies[0]}
		if f.Config == nil {
			bodies[0] = flv.Config(&row.track)
		}
		var in *flv.Input
		for _, body := range bodies {
			if body == nil {
				continue
			}
			tags := parse(t, row.track.Kind, body)
			if len(tags) != 1 || tags[0].Codec != row.track.Codec {
				t.Fatalf("%s: % x is %+v", row.track, body, tags)
			}
			if in == nil {
				var err error
				if in, err = flv.NewInput(&tags[0]); err != nil {
					t.Fatal(err)
				}
			}
			u, shown, err := in.Take(&tags[0])
			if err != nil || shown == tags[0].Config() {
				t.Fatalf("%s: % x: %v, %v", row.track, body, shown, err)
			}
			if shown && !reflect.DeepEqual(u, row.unit) {
				t.Errorf("%s: %+v, not %+v", row.track, u, row.unit)
			}
		}
		if got, ready := in.Track(); !ready || got.Codec != row.track.Codec || got.Channels != row.track.Channels ||
			got.ClockRate != row.track.ClockRate || len(row.track.Extra) > 0 && !reflect.DeepEqual(got.Extra, row.track.Extra) {
			t.Errorf("%+v, %v; not %+v", got, ready, row.track)
		}
	}
}

// TestRecords compares what is written with what ffmpeg writes.
func TestRecords(t *testing.T) {
	hevc := track(media.H265, 90000, 0, bits(t, vps265), bits(t, sps265), bits(t, pps265))
	if got := flv.Config(&hevc); !bytes.HasPrefix(got, append([]byte("\x90hvc1"), bits(t, head265)...)) {
		t.Errorf("hvcC: % x", got)
	}
	vp9 := track(media.VP9, 90000, 0)
	if got := flv.Config(&vp9); !bytes.HasPrefix(got, append([]byte("\x90vp09"), bits(t, vpcC)...)) {
		t.Errorf("vpcC: % x", got)
	}
	av1 := track(media.AV1, 90000, 0)
	f := flv.Make(&av1, &media.Unit{Key: true, AU: [][]byte{bits(t, av1C)[4:]}})
	if want := append([]byte("\x90av01"), bits(t, av1C)...); !bytes.Equal(f.Config, want) {
		t.Errorf("av1C: % x, not % x", f.Config, want)
	}
	avc := track(media.H264, 90000, 0, bits(t, sps264), bits(t, pps264))
	want := append(bits(t, "17 00 000000 01 42c00c ff e1 0017"+sps264), bits(t, "01 0004"+pps264)...)
	if got := flv.Config(&avc); !bytes.Equal(got, want) {
		t.Errorf("avcC: % x, not % x", got, want)
	}
	opus := track(media.Opus, 48000, 2)
	if got := flv.Config(&opus); string(got) != "\x90OpusOpusHead\x01\x02\x00\x00\x80\xbb\x00\x00\x00\x00\x00" {
		t.Errorf("OpusHead: %q", got)
	}
	aac := track(media.AAC, 48000, 2) // of which nothing else is known
	if got := flv.Config(&aac); !bytes.Equal(got, []byte{0xaf, 0, 0x11, 0x90}) {
		t.Errorf("AudioSpecificConfig: % x", got)
	}
	for _, c := range []media.Codec{media.H264, media.H265, media.Sorenson, media.Speex} {
		none := track(c, 0, 0)
		if got := flv.Config(&none); got != nil {
			t.Errorf("%s: % x of nothing", c, got)
		}
	}
}

// TestEnhanced reads what Enhanced RTMP v2 has beside single frames.
func TestEnhanced(t *testing.T) {
	type frame struct {
		codec media.Codec
		track uint8
		cts   time.Duration
		data  string
	}
	for _, row := range []struct {
		name, hex string
		kind      media.Kind
		want      []frame
	}{
		{"HEVC with a time of composition", "91 68766331 000028 00000003 26010a", media.Video, []frame{{media.H265, 0, 40 * time.Millisecond, "26010a"}}},
		{"HEVC without", "93 68766331 00000003 26010a", media.Video, []frame{{media.H265, 0, 0, "26010a"}}},
		{"AVC by its letters", "91 61766331 ffffff 00000002 6501", media.Video, []frame{{media.H264, 0, -time.Millisecond, "6501"}}},
		{"HEVC by the number that many use", "1c 01 000000 00000003 26010a", media.Video, []frame{{media.H265, 0, 0, "26010a"}}},
		{"metadata", "94 68766331 02", media.Video, nil},
		{"a command", "d0 00", media.Video, nil},
		{"an older command", "57 00", media.Video, nil},
		{"one track of several", "96 01 76703039 02 0102", media.Video, []frame{{media.VP9, 2, 0, "0102"}}},
		{"tracks of one codec", "96 11 76703039 00 000001 aa 01 000002 bbcc", media.Video, []frame{{media.VP9, 0, 0, "aa"}, {media.VP9, 1, 0, "bbcc"}}},
		{"tracks of several", "96 21 76703039 00 000001 aa 61763031 01 000002 bbcc", media.Video,
			[]frame{{media.VP9, 0, 0, "aa"}, {media.AV1, 1, 0, "bbcc"}}},
		{"a finer time", "97 02 0003e8 01 76703039 aa", media.Video, []frame{{media.VP9, 0, time.Microsecond, "aa"}}},
		{"two things about a packet", "97 00 ff 17 02 0003e8 01 76703039 aa", media.Video, []frame{{media.VP9, 0, time.Microsecond, "aa"}}},
		{"Opus", "91 4f707573 fc", media.Audio, []frame{{media.Opus, 0, 0, "fc"}}},
		{"channels", "94 4f707573 01 02 00000003", media.Audio, nil},
		{"sounds in two tracks", "95 11 4f707573 00 000001 fc 01 000001 fd", media.Audio, []frame{{media.Opus, 0, 0, "fc"}, {media.Opus, 1, 0, "fd"}}},
		{"nothing", "", media.Video, nil},
		{"no sound", "", media.Audio, nil},
	} {
		tags := parse(t, row.kind, bits(t, row.hex))
		var got []frame
		for i := range tags {
			in, err := flv.NewInput(&tags[i])
			if err != nil {
				t.Fatalf("%s: %v", row.name, err)
			}
			u, ok, err := in.Take(&tags[i])
			if err != nil || !ok {
				t.Fatalf("%s: %v, %v", row.name, ok, err)
			}
			got = append(got, frame{tags[i].Codec, tags[i].Track, u.PTS, hex.EncodeToString(bytes.Join(u.AU, nil))})
		}
		if !reflect.DeepEqual(got, row.want) {
			t.Errorf("%s: %v, not %v", row.name, got, row.want)
		}
	}
}

func TestRefuses(t *testing.T) {
	for name, row := range map[string]struct {
		kind media.Kind
		hex  string
	}{
		"AVC cut off":              {media.Video, "17 01 00"},
		"four letters cut off":     {media.Video, "91 6876"},
		"a track cut off":          {media.Video, "96 11 76703039 00 000005 aa"},
		"an order that is none":    {media.Video, "96 31 76703039 00 000005 aa"},
		"a change cut off":         {media.Video, "97 ff ffff 00"},
		"too many tracks":          {media.Video, "96 11 76703039" + strings.Repeat("00 000001 aa", 20)},
		"AAC cut off":              {media.Audio, "af"},
		"four letters of no sound": {media.Audio, "91 4f"},
	} {
		f := flv.ParseVideo
		if row.kind == media.Audio {
			f = flv.ParseAudio
		}
		if tags, err := f(bits(t, row.hex)); fault.CodeOf(err) != fault.MediaCorrupt {
			t.Errorf("%s: %+v, %v", name, tags, err)
		}
	}
	for name, text := range map[string]string{
		"NAL units that are longer than all": "27 01 000000 00000009 01",
		"a length cut off":                   "27 01 000000 0000",
		"a configuration of another version": "17 00 000000 00 42c00c ff e0 00",
		"a configuration cut off":            "17 00 000000 01 42c00c ff e1 00ff 67",
		"a configuration of HEVC cut off":    "1c 00 000000 01",
		"sets of HEVC that go on and on":     "1c 00 000000" + head265[:44] + "ff 20 ffff 0001 40",
	} {
		tags := parse(t, media.Video, bits(t, text))
		in, err := flv.NewInput(&tags[0])
		if err == nil {
			_, _, err = in.Take(&tags[0])
		}
		if fault.CodeOf(err) != fault.MediaCorrupt {
			t.Errorf("%s: %v", name, err)
		}
	}
	tags := parse(t, media.Video, bits(t, "15 aa"))
	if _, err := flv.NewInput(&tags[0]); fault.CodeOf(err) != fault.MediaCorrupt {
		t.Errorf("VP6 with alpha: %v", err)
	}
}

// TestParameterSetsAreCompleted: FLV has them apart, key units have them in front, and they are not sent twice.
func TestParameterSetsAreCompleted(t *testing.T) {
	c := track(media.H264, 90000, 0, bits(t, sps264), bits(t, pps264))
	tags := parse(t, media.Video, flv.Config(&c))
	in, err := flv.NewInput(&tags[0])
	if err != nil {
		t.Fatal(err)
	}
	if _, ready := in.Track(); ready {
		t.Error("ready before anything came")
	}
	if _, _, err := in.Take(&tags[0]); err != nil {
		t.Fatal(err)
	}
	key := parse(t, media.Video, bits(t, "17 01 000000 00000002 09f0 00000002 6501"))
	u, ok, err := in.Take(&key[0])
	if err != nil || !ok || len(u.AU) != 3 || !bytes.Equal(u.AU[0], bits(t, sps264)) || !u.Key || u.Recovery {
		t.Errorf("%+v, %v, %v", u, ok, err)
	}
	recovery := parse(t, media.Video, bits(t, "17 01 000000 00000002 4101"))
	if u, _, _ := in.Take(&recovery[0]); !u.Key || !u.Recovery {
		t.Errorf("a key frame without an IDR picture: %+v", u)
	}
	if _, _, err := in.Take(&parse(t, media.Video, bits(t, "22 aa"))[0]); fault.CodeOf(err) != fault.MediaCorrupt {
		t.Errorf("another codec: %v", err)
	}
}

func TestNames(t *testing.T) {
	if flv.ParseFourCC("hvc1") != media.H265 || flv.ParseFourCC("Opus") != media.Opus || flv.ParseFourCC("xxxx") != "" {
		t.Error("codecs by their letters")
	}
	if flv.FourCC(media.AV1) != "av01" || flv.FourCC(media.Sorenson) != "" {
		t.Error("letters of codecs")
	}
	if flv.CodecID(media.H264) != 7 || flv.CodecID(media.AV1) != 'a'<<24|'v'<<16|'0'<<8|'1' {
		t.Error("numbers of codecs")
	}
}
