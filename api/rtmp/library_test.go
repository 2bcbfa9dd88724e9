package rtmp_test

import (
	"context"
	"encoding/hex"
	"net"
	"net/url"
	"reflect"
	"testing"
	"time"

	"github.com/bluenviron/gortmplib"
	"github.com/bluenviron/gortmplib/pkg/codecs"
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/opus"

	"sluice/api/rtmp/session"
	"sluice/engine/fault"
)

func unhex(t *testing.T, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// library connects with gortmplib's client, which MediaMTX pushes and pulls with.
func library(t *testing.T, address string, publish bool) *gortmplib.Client {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	c := &gortmplib.Client{URL: u, Publish: publish}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := c.Initialize(ctx); err != nil {
		t.Fatalf("%s: %v", address, err)
	}
	t.Cleanup(c.Close)
	return c
}

// TestEnhancedWithAnotherLibrary has gortmplib publish H.265 and Opus by Enhanced RTMP, and play them.
func TestEnhancedWithAnotherLibrary(t *testing.T) {
	s := serve(t)
	sets := [][]byte{
		unhex(t, "40010c01ffff01600000030090000003000003003c959809"),
		unhex(t, "42010101600000030090000003000003003ca00a080b9f796566924caf016808000003000800000300c840"), unhex(t, "4401c172b46240"),
	}
	picture := &gortmplib.Track{Codec: &codecs.H265{VPS: sets[0], SPS: sets[1], PPS: sets[2]}}
	sound := &gortmplib.Track{Codec: &codecs.Opus{IDHeader: &opus.IDHeader{Version: 1, ChannelCount: 2, InputSampleRate: 48000}}}
	published := s.await("stream.published", "cam")
	w := &gortmplib.Writer{Conn: library(t, "rtmp://"+s.host+"/live/cam", true), Tracks: []*gortmplib.Track{picture, sound}}
	if err := w.Initialize(); err != nil {
		t.Fatal(err)
	}
	key := [][]byte{append([]byte{0x26, 0x01, 0xaf}, make([]byte, 5000)...)}
	ctx, stop := context.WithCancel(t.Context())
	sent := make(chan struct{})
	defer func() { stop(); <-sent }()
	go func() { // as a camera does
		defer close(sent)
		const frame = 40 * time.Millisecond
		for tick, at := time.Tick(frame), time.Duration(0); ; at += frame {
			select {
			case <-ctx.Done():
				return
			case <-tick:
				_ = w.WriteH265(picture, at+80*time.Millisecond, at, key) // the server's end is seen by who plays
				_ = w.WriteOpus(sound, at, []byte{0xfc, 1, 2})
			}
		}
	}()
	published()
	r := &gortmplib.Reader{Conn: library(t, "rtmp://"+s.host+"/live/cam", false)}
	if err := r.Initialize(); err != nil {
		t.Fatal(err)
	}
	var pictures, sounds int
	for _, track := range r.Tracks() {
		switch c := track.Codec.(type) {
		case *codecs.H265:
			if !reflect.DeepEqual([][]byte{c.VPS, c.SPS, c.PPS}, sets) {
				t.Errorf("parameter sets %x", c)
			}
			r.OnDataH265(track, func(pts, dts time.Duration, au [][]byte) {
				if pts-dts != 80*time.Millisecond || len(au[len(au)-1]) != 5003 {
					t.Errorf("shown %s after it is decoded; %d NAL units", pts-dts, len(au))
				}
				pictures++
			})
		case *codecs.Opus:
			r.OnDataOpus(track, func(_ time.Duration, packet []byte) {
				if len(packet) != 3 {
					t.Errorf("% x", packet)
				}
				sounds++
			})
		default:
			t.Errorf("a track of %T", c)
		}
	}
	for pictures < 5 || sounds < 5 {
		if err := r.Read(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestLoginAtAnotherServer logs in as Adobe's servers want it.
func TestLoginAtAnotherServer(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			c := &gortmplib.ServerConn{RW: conn}
			if err := c.Initialize(); err == nil {
				if err = c.CheckCredentials("me", "secret"); err == nil {
					err = c.Accept()
				}
				if err == nil {
					_, _ = c.Read() // until it ends
				}
			}
			_ = conn.Close()
		}
	}()
	defer func() { l.Close(); <-served }()
	for pass, want := range map[string]fault.Code{"secret": "", "wrong": fault.Unauthorized} {
		target, err := session.ParseTarget("rtmp://me:"+pass+"@"+l.Addr().String()+"/live/cam", "")
		if err != nil {
			t.Fatal(err)
		}
		link, err := session.Dial(t.Context(), target, true, patience)
		if want == "" && err != nil || want != "" && fault.CodeOf(err) != want {
			t.Errorf("with the password %q: %v", pass, err)
		}
		if err == nil {
			link.Close()
		}
	}
}
