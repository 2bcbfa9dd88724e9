package rtmp_test

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bluenviron/gortmplib"
	"github.com/bluenviron/gortmplib/pkg/codecs"
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/opus"

	"sluice/api/rtmp/chunk"
	"sluice/api/rtmp/session"
	"sluice/engine/enginetest/program"
)

// av1Unit is a temporal unit with a sequence header, of 1920x1080, and a frame.
func av1Unit() [][]byte {
	return [][]byte{{0x08, 0x00, 0x00, 0x00, 0x42, 0xa7, 0xbf, 0xe4, 0x60, 0x0d, 0x00, 0x40}, {0x30, 1, 2, 3}}
}

// vp9Frame begins as a key frame of 320x180 does.
func vp9Frame() []byte { return []byte{0x82, 0x49, 0x83, 0x42, 0x00, 0x13, 0xf0, 0x0b, 0x30, 0x00} }

// TestNewCodecsWithAnotherLibrary has gortmplib publish what only Enhanced RTMP has, with two tracks of sound, and play the pictures.
func TestNewCodecsWithAnotherLibrary(t *testing.T) {
	s := serve(t)
	for _, row := range []struct {
		name  string
		codec codecs.Codec
		write func(w *gortmplib.Writer, track *gortmplib.Track, at time.Duration) error
		read  func(r *gortmplib.Reader, track *gortmplib.Track, got func(any))
		want  any
	}{
		{
			"av1", &codecs.AV1{},
			func(w *gortmplib.Writer, track *gortmplib.Track, at time.Duration) error {
				return w.WriteAV1(track, at, av1Unit())
			},
			func(r *gortmplib.Reader, track *gortmplib.Track, got func(any)) {
				r.OnDataAV1(track, func(_ time.Duration, tu [][]byte) { got(tu) })
			},
			av1Unit(),
		},
		{
			"vp9", &codecs.VP9{},
			func(w *gortmplib.Writer, track *gortmplib.Track, at time.Duration) error {
				return w.WriteVP9(track, at, vp9Frame())
			},
			func(r *gortmplib.Reader, track *gortmplib.Track, got func(any)) {
				r.OnDataVP9(track, func(_ time.Duration, frame []byte) { got(frame) })
			},
			vp9Frame(),
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			picture := &gortmplib.Track{Codec: row.codec}
			first, second := opusTrack(), opusTrack()
			published := s.await("stream.published", row.name)
			w := &gortmplib.Writer{Conn: library(t, "rtmp://"+s.host+"/live/"+row.name, true), Tracks: []*gortmplib.Track{picture, first, second}}
			if err := w.Initialize(); err != nil {
				t.Fatal(err)
			}
			defer camera(t, func(at time.Duration) {
				_ = row.write(w, picture, at) // the server's end is seen by who plays
				_ = w.WriteOpus(first, at, []byte{0xfc, 1, 2})
				_ = w.WriteOpus(second, at, []byte{0xfc, 3, 4})
			})()
			published()
			info, _ := s.engine.Streams().Stream(row.name)
			var got []string
			for _, track := range info.Tracks {
				got = append(got, track.Track.ID+" "+string(track.Track.Codec))
			}
			if want := []string{"video " + row.name, "audio opus", "audio-1 opus"}; !slices.Equal(got, want) {
				t.Errorf("tracks %q", got)
			}
			conn := library(t, "rtmp://"+s.host+"/live/"+row.name, false)
			late := time.AfterFunc(patience, conn.Close) // it waits for ever otherwise
			defer late.Stop()
			r := &gortmplib.Reader{Conn: conn}
			if err := r.Initialize(); err != nil {
				t.Fatal(err)
			}
			var came any
			for _, track := range r.Tracks() {
				if reflect.TypeOf(track.Codec) == reflect.TypeOf(row.codec) {
					row.read(r, track, func(v any) { came = v })
				} else if o, is := track.Codec.(*codecs.Opus); is && o != nil {
					r.OnDataOpus(track, func(time.Duration, []byte) {})
				}
			}
			for came == nil {
				if err := r.Read(); err != nil {
					t.Fatal(err)
				}
			}
			if !reflect.DeepEqual(came, row.want) {
				t.Errorf("% x", came)
			}
		})
	}
}

func opusTrack() *gortmplib.Track {
	return &gortmplib.Track{Codec: &codecs.Opus{IDHeader: &opus.IDHeader{Version: 1, ChannelCount: 2, InputSampleRate: 48000}}}
}

// camera has frames sent 25 times a second until what it gives is called.
func camera(t *testing.T, send func(at time.Duration)) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		const frame = 40 * time.Millisecond
		for tick, at := time.Tick(frame), time.Duration(0); ; at += frame {
			select {
			case <-ctx.Done():
				return
			case <-tick:
				send(at)
			}
		}
	}()
	return func() { cancel(); <-sent }
}

// TestVP6 passes what no encoder here makes to a player of Flash's codecs, untouched.
func TestVP6(t *testing.T) {
	s := serve(t)
	published := s.await("stream.published", "cam")
	from := dial(t, "rtmp://"+s.host+"/live/cam", true)
	body := func(kind, fill byte) []byte { return []byte{kind<<4 | 4, 0x21, fill, 1, 2, 3} }
	for i := range uint32(40) { // which is long enough to see what comes
		kind := byte(2)
		if i == 0 {
			kind = 1
		}
		for !from.link.Media([]session.Frame{{Type: chunk.Video, Timestamp: 40 * i, Body: body(kind, byte(i))}}) {
			continue
		}
	}
	published()
	to := dial(t, "rtmp://"+s.host+"/live/cam", false)
	for i := range byte(3) {
		kind := byte(2)
		if i == 0 {
			kind = 1
		}
		if got := to.next(chunk.Video).Body; !slices.Equal(got, body(kind, i)) {
			t.Errorf("picture %d: % x", i, got)
		}
	}
}

// TestBFramesAreFlagged: who cannot show pictures in another order has to know.
func TestBFramesAreFlagged(t *testing.T) {
	program.Need(t, "ffmpeg")
	s := serve(t)
	for name, more := range map[string][]string{"reordered": {"-preset", "veryfast", "-bf", "2"}, "plain": {"-bf", "0"}} {
		published := s.await("stream.published", name)
		program.Start(t, "ffmpeg", publishing("rtmp://"+s.host+"/live/"+name, more...)...)
		published()
		info, _ := s.engine.Streams().Stream(name)
		if got := info.Tracks[0].Track; got.BFrames != (name == "reordered") {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// TestNumber12 publishes H.265 as many encoders do, by a number of nobody's standard.
func TestNumber12(t *testing.T) {
	s := serve(t)
	published := s.await("stream.published", "cam")
	sets := [][]byte{
		unhex(t, "40010c01ffff01600000030090000003000003003c959809"),
		unhex(t, "42010101600000030090000003000003003ca00a080b9f796566924caf016808000003000800000300c840"), unhex(t, "4401c172b46240"),
	}
	from := dial(t, "rtmp://"+s.host+"/live/cam", true)
	config := append([]byte{0x1c, 0, 0, 0, 0}, hevcRecord(sets)...)
	for i := range uint32(40) {
		frames := []session.Frame{{Type: chunk.Video, Timestamp: 40 * i, Body: []byte{0x1c, 1, 0, 0, 0, 0, 0, 0, 4, 0x26, 1, 0xaf, 1}}}
		if i == 0 {
			frames = append([]session.Frame{{Type: chunk.Video, Body: config}}, frames...)
		}
		for !from.link.Media(frames) {
			continue
		}
	}
	published()
	info, _ := s.engine.Streams().Stream("cam")
	if got := info.Tracks[0].Track.String(); !strings.HasPrefix(got, "h265 ") {
		t.Error(got)
	}
}

// hevcRecord is an HEVCDecoderConfigurationRecord (ISO 14496-15, 8.3.3.1), of which only the sets matter here.
func hevcRecord(sets [][]byte) []byte {
	b := append([]byte{1}, make([]byte, 20)...)
	b = append(b, 3, byte(len(sets)))
	for _, set := range sets {
		b = append(b, set[0]>>1, 0, 1, 0, byte(len(set)))
		b = append(b, set...)
	}
	return b
}
