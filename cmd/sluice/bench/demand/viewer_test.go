package demand

import (
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"sluice/cmd/sluice/bench/benchtest"
)

// h264 is the profile that every browser plays.
const h264 = "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f"

// viewer plays a stream and tells when it has a whole frame that decoding can begin with.
type viewer struct {
	pc    *webrtc.PeerConnection
	began time.Time // its request
	first chan time.Time
	ended chan struct{}
}

// play asks for a stream in one codec.
func (s *server) play(b *testing.B, name, mime, fmtp string) *viewer {
	b.Helper()
	pc, err := api(b, mime, fmtp).NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		b.Fatal(err)
	}
	v := &viewer{pc: pc, first: make(chan time.Time, 1), ended: make(chan struct{})}
	recvonly := webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly}
	if _, err = pc.AddTransceiverFromKind(webrtc.RTPCodecTypeVideo, recvonly); err != nil {
		b.Fatal(err)
	}
	pc.OnTrack(func(t *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
		defer close(v.ended)
		v.take(t, mime == webrtc.MimeTypeH264)
	})
	v.began = time.Now()
	if err := benchtest.Signal(b.Context(), pc, "http://"+s.web+"/"+name+"/whep"); err != nil {
		b.Fatal(err)
	}
	return v
}

// await gives how long the first frame took.
func (v *viewer) await(b *testing.B) time.Duration {
	b.Helper()
	select {
	case at := <-v.first:
		return at.Sub(v.began)
	case <-time.After(patience):
		b.Fatal("no frame came that decoding can begin with")
	}
	return 0
}

// take reads to the end.
func (v *viewer) take(t *webrtc.TrackRemote, avc bool) {
	buf := make([]byte, 1500)
	var key, told bool
	for {
		n, _, err := t.Read(buf)
		if err != nil {
			return
		}
		var p rtp.Packet
		if told || p.Unmarshal(buf[:n]) != nil || len(p.Payload) < 2 {
			continue
		}
		key = key || !avc || begins(p.Payload) // the server begins with a key frame; of H.264 it is the encoder's, and looked at
		if key && p.Marker {
			told = true
			v.first <- time.Now()
		}
	}
}

// begins tells whether a payload of H.264 has the beginning of a key frame in it (RFC 6184 5.4).
func begins(payload []byte) bool {
	const idr, aggregate, fragment, start = 5, 24, 28, 0x80
	switch payload[0] & 0x1f {
	case idr:
		return true
	case fragment:
		return payload[1]&0x1f == idr && payload[1]&start != 0
	case aggregate:
		for rest := payload[1:]; len(rest) > 2; {
			size := int(rest[0])<<8 | int(rest[1])
			if rest[2]&0x1f == idr {
				return true
			}
			rest = rest[min(2+size, len(rest)):]
		}
	}
	return false
}

// end leaves, and waits until nothing comes any more.
func (v *viewer) end() {
	_ = v.pc.Close()
	<-v.ended
}
