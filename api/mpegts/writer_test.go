package mpegts_test

import (
	"bytes"
	"slices"
	"testing"
	"time"

	library "github.com/bluenviron/mediacommon/v2/pkg/formats/mpegts"
	"github.com/bluenviron/mediacommon/v2/pkg/formats/mpegts/codecs"

	"sluice/api/mpegts"
	"sluice/engine/fault"
	"sluice/engine/media"
)

// Parameter sets of 320x180 pictures.
var (
	sps = []byte{0x67, 0x42, 0xc0, 0x0d, 0xda, 0x05, 0x07, 0xec, 0x04, 0x40, 0x00, 0x00, 0x03, 0x00, 0x40, 0x00, 0x00, 0x0c, 0x83, 0xc5, 0x0a, 0xa8}
	pps = []byte{0x68, 0xce, 0x0f, 0x2c, 0x80}
)

func tracks() []media.Track {
	video, audio := media.NewTrack(media.H264), media.NewTrack(media.AAC)
	video.Extra = [][]byte{sps, pps}
	audio.ClockRate, audio.Channels, audio.Extra = 48000, 2, [][]byte{{0x11, 0x90}}
	return []media.Track{video, audio}
}

// picture is a unit of H.264 with a slice of n bytes.
func picture(at time.Duration, key bool, n int) *media.Unit {
	nal := bytes.Repeat([]byte{0x55}, n)
	nal[0] = 0x41
	if key {
		nal[0] = 0x65
	}
	return &media.Unit{PTS: at, DTS: at, Key: key, AU: [][]byte{nal}}
}

func write(t *testing.T, w *mpegts.Writer, track int, units ...*media.Unit) {
	t.Helper()
	for _, u := range units {
		if err := w.Write(track, u); err != nil {
			t.Fatal(err)
		}
	}
}

// got is what mediacommon's reader finds.
type got struct {
	pts, dts int64
	au       [][]byte
}

// read gives what an independent reader makes of a stream, by track.
func read(t *testing.T, stream []byte) [][]got {
	t.Helper()
	r := &library.Reader{R: bytes.NewReader(stream)}
	if err := r.Initialize(); err != nil {
		t.Fatal(err)
	}
	all := make([][]got, len(r.Tracks()))
	for i, track := range r.Tracks() {
		take := func(pts, dts int64, au [][]byte) error {
			all[i] = append(all[i], got{pts, dts, au})
			return nil
		}
		sound := func(pts int64, au [][]byte) error { return take(pts, pts, au) }
		one := func(pts int64, frame []byte) error { return take(pts, pts, [][]byte{frame}) }
		switch track.Codec.(type) {
		case *codecs.H264:
			r.OnDataH264(track, take)
		case *codecs.H265:
			r.OnDataH265(track, take)
		case *codecs.MPEG4Audio:
			r.OnDataMPEG4Audio(track, sound)
		case *codecs.Opus:
			r.OnDataOpus(track, sound)
		case *codecs.MPEG1Audio:
			r.OnDataMPEG1Audio(track, sound)
		case *codecs.AC3:
			r.OnDataAC3(track, one)
		case *codecs.MPEG1Video:
			r.OnDataMPEG1Video(track, one)
		default:
			t.Fatalf("track %d is %T", i, track.Codec)
		}
	}
	r.OnDecodeError(func(err error) { t.Errorf("the reader says: %v", err) })
	for r.Read() == nil {
	}
	return all
}

func TestAnotherReaderFindsWhatWasWritten(t *testing.T) {
	var out bytes.Buffer
	w, err := mpegts.New(&out, tracks())
	if err != nil {
		t.Fatal(err)
	}
	reordered := picture(40*time.Millisecond, false, 184)
	reordered.PTS = 120 * time.Millisecond
	write(t, w, 0, picture(0, true, 100_000))
	write(t, w, 1, &media.Unit{AU: [][]byte{{1, 2, 3}}})
	write(t, w, 0, reordered, picture(80*time.Millisecond, false, 1))

	all := read(t, out.Bytes())
	if len(all) != 2 || len(all[0]) != 3 || len(all[1]) != 1 {
		t.Fatalf("found %d tracks: %v", len(all), all)
	}
	delay := mpegts.Delay.Milliseconds() * 90
	first := all[0][0]
	if first.pts != delay || len(first.au) != 3 || !bytes.Equal(first.au[0], sps) || !bytes.Equal(first.au[1], pps) {
		t.Errorf("the key picture came at %d with %d parts: want the sets and the slice", first.pts, len(first.au))
	}
	if b := all[0][1]; b.pts != delay+120*90 || b.dts != delay+40*90 {
		t.Errorf("a reordered picture came at %d, to be decoded at %d", b.pts, b.dts)
	}
	if s := all[1][0]; s.pts != delay || !slices.Equal(s.au[0], []byte{1, 2, 3}) {
		t.Errorf("the sound came at %d: %v", s.pts, s.au)
	}
}

func TestEveryCodecIsFoundAgain(t *testing.T) {
	ac3 := append([]byte{0x0b, 0x77, 0, 0, 0x08, 0x40, 0x43}, make([]byte, 249)...) // 48 kHz, 64 kbit/s: 256 bytes
	mp3 := append([]byte{0xff, 0xfb, 0x90, 0x64}, make([]byte, 413)...)
	mpeg1 := []byte{0, 0, 1, 0xb3, 0x14, 0x00, 0xb4, 0x13, 0xff, 0xff, 0xe0, 0x18}
	for _, c := range []struct {
		codec media.Codec
		extra [][]byte
		au    [][]byte
		want  [][]byte
	}{
		{media.H265, [][]byte{{0x40, 1}, {0x42, 1}, {0x44, 1}}, [][]byte{{0x26, 1, 7}},
			[][]byte{{0x40, 1}, {0x42, 1}, {0x44, 1}, {0x26, 1, 7}}},
		{media.AAC, [][]byte{{0x11, 0x90}}, [][]byte{{1}, {2, 3}}, [][]byte{{1}, {2, 3}}},
		{media.Opus, nil, [][]byte{bytes.Repeat([]byte{8}, 510), {0x08}}, [][]byte{bytes.Repeat([]byte{8}, 510), {0x08}}},
		{media.MP3, nil, [][]byte{mp3}, [][]byte{mp3}},
		{media.AC3, nil, [][]byte{ac3}, [][]byte{ac3}},
		{media.MPEG1, nil, [][]byte{mpeg1}, [][]byte{mpeg1}},
	} {
		t.Run(string(c.codec), func(t *testing.T) {
			track := media.NewTrack(c.codec)
			track.Extra = c.extra
			var out bytes.Buffer
			w, err := mpegts.New(&out, []media.Track{track})
			if err != nil {
				t.Fatal(err)
			}
			write(t, w, 0, &media.Unit{Key: true, AU: c.au}, &media.Unit{PTS: time.Second, DTS: time.Second, Key: true, AU: c.au})
			all := read(t, out.Bytes())
			if len(all) != 1 || len(all[0]) != 2 || !slices.EqualFunc(all[0][0].au, c.want, bytes.Equal) {
				t.Errorf("found %v, want %v twice", all, c.want)
			}
		})
	}
}

func TestTracksThatCannotBeCarried(t *testing.T) {
	bare, odd := media.NewTrack(media.AAC), media.NewTrack(media.AAC)
	odd.Extra = [][]byte{{0x17, 0x80, 0x18, 0x1c, 0x90}} // 12345 Hz
	for _, c := range []struct {
		name   string
		tracks []media.Track
		code   fault.Code
	}{
		{"none", nil, fault.InvalidParams},
		{"too many", slices.Repeat(tracks(), 5), fault.InvalidParams},
		{"VP8", []media.Track{media.NewTrack(media.VP8)}, fault.CodecNotAvailable},
		{"AAC without configuration", []media.Track{bare}, fault.MediaCorrupt},
		{"AAC that ADTS does not know", []media.Track{odd}, fault.CodecNotAvailable},
	} {
		if _, err := mpegts.New(&bytes.Buffer{}, c.tracks); fault.CodeOf(err) != c.code {
			t.Errorf("%s: %v, want %s", c.name, err, c.code)
		}
	}
}
