//go:build cgo && !nogst

package endure

import (
	"context"
	"net/url"
	"time"

	"github.com/bluenviron/gortmplib"
	"github.com/bluenviron/gortmplib/pkg/codecs"
	"github.com/bluenviron/gortsplib/v5"
	"github.com/bluenviron/gortsplib/v5/pkg/base"
	"github.com/bluenviron/gortsplib/v5/pkg/description"
	"github.com/bluenviron/gortsplib/v5/pkg/format"
	"github.com/bluenviron/gortsplib/v5/pkg/format/rtph264"
	"github.com/pion/rtp"

	"sluice/cmd/sluice/bench/benchtest"
)

// overRTSP publishes by RTP over TCP. Its sender reports have the camera's clock for wall clock, which is off as much.
type overRTSP struct {
	client *gortsplib.Client
	video  *description.Media
	audio  *description.Media
	cut    *rtph264.Encoder
	seq    uint16
}

func dialRTSP(address string, first picture) (wire, error) {
	u, err := base.ParseURL(address)
	if err != nil {
		return nil, err
	}
	over := gortsplib.ProtocolTCP
	h264 := &format.H264{PayloadTyp: 96, PacketizationMode: 1, SPS: first[0], PPS: first[1]}
	w := &overRTSP{
		client: &gortsplib.Client{Scheme: u.Scheme, Host: u.Host, Protocol: &over},
		video:  &description.Media{Type: description.MediaTypeVideo, Formats: []format.Format{h264}},
		audio: &description.Media{Type: description.MediaTypeAudio, Formats: []format.Format{
			&format.G711{PayloadTyp: 8, SampleRate: 8000, ChannelCount: 1},
		}},
	}
	if w.cut, err = h264.CreateEncoder(); err != nil {
		return nil, err
	}
	return w, w.client.StartRecording(address, &description.Session{Medias: []*description.Media{w.video, w.audio}})
}

func (w *overRTSP) sound(at time.Duration, made time.Time, alaw []byte) error {
	w.seq++
	return w.client.WritePacketRTPWithNTP(w.audio, &rtp.Packet{
		Header:  rtp.Header{Version: 2, PayloadType: 8, SequenceNumber: w.seq, Timestamp: uint32(at * 8000 / time.Second), SSRC: 1},
		Payload: alaw,
	}, made)
}

func (w *overRTSP) picture(at time.Duration, made time.Time, p picture) error {
	packets, err := w.cut.Encode(p)
	for _, packet := range packets {
		packet.Timestamp = uint32(at * 90000 / time.Second)
		if err == nil {
			err = w.client.WritePacketRTPWithNTP(w.video, packet, made)
		}
	}
	return err
}

func (w *overRTSP) close() { w.client.Close() }

// overRTMP publishes with times in milliseconds, and says nothing of its clock.
type overRTMP struct {
	conn         *gortmplib.Client
	writer       *gortmplib.Writer
	video, audio *gortmplib.Track
}

func dialRTMP(address string, first picture) (wire, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), benchtest.Patience)
	defer cancel()
	w := &overRTMP{
		conn:  &gortmplib.Client{URL: u, Publish: true},
		video: &gortmplib.Track{Codec: &codecs.H264{SPS: first[0], PPS: first[1]}},
		audio: &gortmplib.Track{Codec: &codecs.G711{ChannelCount: 1}},
	}
	if err := w.conn.Initialize(ctx); err != nil {
		return nil, err
	}
	w.writer = &gortmplib.Writer{Conn: w.conn, Tracks: []*gortmplib.Track{w.video, w.audio}}
	if err := w.writer.Initialize(); err != nil {
		w.conn.Close()
		return nil, err
	}
	return w, nil
}

func (w *overRTMP) sound(at time.Duration, _ time.Time, alaw []byte) error {
	return w.writer.WriteG711(w.audio, at, alaw)
}

func (w *overRTMP) picture(at time.Duration, _ time.Time, p picture) error {
	return w.writer.WriteH264(w.video, at, at, p)
}

func (w *overRTMP) close() { w.conn.Close() }
