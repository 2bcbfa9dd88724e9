package matrix

import (
	"bytes"
	"encoding/hex"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/bluenviron/gortmplib"
	enhanced "github.com/bluenviron/gortmplib/pkg/codecs"
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/mpeg4audio"
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/opus"

	"sluice/engine/enginetest/program"
)

// packet is one of a film in MPEG-TS, which has start codes, parameter sets before key pictures, and ADTS.
type packet struct {
	Type string `json:"codec_type"`
	PTS  string `json:"pts_time"`
	Dump string `json:"data"`
}

// bytes are those of ffprobe's dump: in each line an address, a colon, forty characters of digits, and the same as text.
func (p packet) bytes() []byte {
	var digits strings.Builder
	for line := range strings.Lines(p.Dump) {
		if _, rest, ok := strings.Cut(line, ": "); ok {
			digits.WriteString(strings.ReplaceAll(rest[:min(40, len(rest))], " ", ""))
		}
	}
	out, _ := hex.DecodeString(digits.String()) // of what is no dump nothing is sent
	return out
}

func (p packet) at() time.Duration {
	seconds, _ := strconv.ParseFloat(p.PTS, 64) // every packet has one
	return time.Duration(seconds * float64(time.Second))
}

// enhance publishes over Enhanced RTMP, as ffmpeg 5 cannot: gortmplib, which MediaMTX is built on, sends what is in the film, at
// its pace, until the end of the test.
func enhance(t *testing.T, s *server, stream, film string, c codecs) {
	t.Helper()
	broadcast := t.TempDir() + "/film.ts"
	program.Start(t, "ffmpeg", "-v", "error", "-i", film, "-c", "copy", "-pes_payload_size", "0", broadcast).Wait()
	var made struct {
		Packets []packet `json:"packets"`
	}
	if err := probe(t, &made, "-show_packets", "-show_data", "-show_entries", "packet=codec_type,pts_time,data", broadcast); err != nil {
		t.Fatal(err)
	}
	address, err := url.Parse("rtmp://" + s.rtmp + "/live/" + stream)
	if err != nil {
		t.Fatal(err)
	}
	client := &gortmplib.Client{URL: address, Publish: true}
	if err := client.Initialize(t.Context()); err != nil {
		t.Fatal(err)
	}
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		if err := sendAll(client, made.Packets, c, stop); err != nil {
			t.Errorf("publishing over Enhanced RTMP: %v", err)
		}
	}()
	t.Cleanup(func() {
		close(stop)
		<-done
		client.Close()
	})
}

// sendAll sends packets until told to stop.
func sendAll(client *gortmplib.Client, packets []packet, c codecs, stop <-chan struct{}) error {
	w := &gortmplib.Writer{Conn: client}
	var video, audio *gortmplib.Track
	var began time.Time
	var zero time.Duration
	for _, p := range packets {
		data := p.bytes()
		var au [][]byte
		if p.Type == "video" {
			au = units(data)
		}
		if video == nil { // the first picture says what it needs
			if p.Type != "video" {
				continue
			}
			video, audio = &gortmplib.Track{Codec: pictures(c, au)}, &gortmplib.Track{Codec: sound(c)}
			w.Tracks, began, zero = []*gortmplib.Track{video, audio}, time.Now(), p.at()
			if err := w.Initialize(); err != nil {
				return err
			}
		}
		pts := p.at() - zero
		select {
		case <-stop:
			return nil
		case <-time.After(time.Until(began.Add(pts))):
		}
		var err error
		switch {
		case pts < 0:
		case p.Type == "video" && c.video == "hevc":
			err = w.WriteH265(video, pts, pts, au)
		case p.Type == "video":
			err = w.WriteH264(video, pts, pts, au)
		case c.audio == "opus":
			err = w.WriteOpus(audio, pts, data)
		default:
			err = w.WriteMPEG4Audio(audio, pts, data[7:]) // behind the header of ADTS, which has no checksum
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func pictures(c codecs, au [][]byte) enhanced.Codec {
	if c.video == "hevc" {
		return &enhanced.H265{VPS: find(au, 0x7e, 32<<1), SPS: find(au, 0x7e, 33<<1), PPS: find(au, 0x7e, 34<<1)}
	}
	return &enhanced.H264{SPS: find(au, 0x1f, 7), PPS: find(au, 0x1f, 8)}
}

func sound(c codecs) enhanced.Codec {
	if c.audio == "opus" {
		return &enhanced.Opus{IDHeader: &opus.IDHeader{Version: 1, ChannelCount: 2}}
	}
	config := &mpeg4audio.AudioSpecificConfig{Type: mpeg4audio.ObjectTypeAACLC, SampleRate: 48000, ChannelConfig: 2}
	return &enhanced.MPEG4Audio{Config: config}
}

// units are the NAL units between start codes.
func units(data []byte) (out [][]byte) {
	for _, nal := range bytes.Split(data, []byte{0, 0, 1}) {
		if nal = bytes.TrimRight(nal, "\x00"); len(nal) > 0 {
			out = append(out, nal)
		}
	}
	return out
}

// find is the NAL unit of a type.
func find(au [][]byte, mask, kind byte) []byte {
	for _, nal := range au {
		if nal[0]&mask == kind {
			return nal
		}
	}
	return nil
}
