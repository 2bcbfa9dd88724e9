package rtsp_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"sluice/api/rtsp"
	"sluice/engine/enginetest/program"
)

// secured has the door speak RTSPS too, with a certificate of its own.
func secured(t testing.TB) func(*rtsp.Options) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	about := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, about, about, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return func(o *rtsp.Options) {
		o.TLSListen = []string{"127.0.0.1:0"}
		o.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MinVersion: tls.VersionTLS12}
	}
}

// watch has GStreamer play a stream in real time until it has had so many pictures, and gives what waits for that and tells how
// many of them can be decoded.
func (s *server) watch(protocols, address, depay string, pictures int) func() int {
	s.t.Helper()
	program.Need(s.t, "ffprobe")
	file := filepath.Join(s.t.TempDir(), "pictures")
	pipeline := fmt.Sprintf("rtspsrc location=%s protocols=%s latency=100 tls-validation-flags=0 name=src "+
		"src. ! application/x-rtp,media=video ! %s ! identity eos-after=%d sync=true ! filesink location=%s",
		address, protocols, depay, pictures, file)
	var p *program.Program
	if protocols == "udp" && strings.HasPrefix(address, "rtsps:") { // SRTP, at which gst-launch may crash: the source says why
		p = program.Run(s.t, exec.CommandContext(s.t.Context(), program.Compile(s.t, "testdata/srtpview.c", "gstreamer-1.0"), pipeline))
	} else {
		p = program.Start(s.t, "gst-launch-1.0", append([]string{"-q"}, strings.Fields(pipeline)...)...)
	}
	return func() int {
		_ = p.Ended() // how it ends is not told: rtspsrc 1.22 may send PAUSE after TEARDOWN, and takes it for an error
		out, err := program.Try(s.t, "ffprobe", "-v", "quiet", "-count_frames", "-show_entries", "stream=nb_read_frames",
			"-of", "default=nk=1:nw=1", file)
		if err != nil {
			return 0
		}
		n, _ := strconv.Atoi(strings.TrimSpace(out))
		return n
	}
}

const h264 = "rtph264depay ! h264parse ! video/x-h264,stream-format=byte-stream,alignment=au"

// What is sent to a network is read once from the hub, however many listen. It goes over the interfaces that there are, which
// may have none that can do it.
func TestMulticast(t *testing.T) {
	program.Need(t, "ffmpeg")
	program.Need(t, "gst-launch-1.0")
	if !multicasting(t) {
		t.Skip("no network interface can do multicast")
	}
	network := fmt.Sprintf("239.192.%d.0/24", os.Getpid()%256) // whoever else tries this on the machine has his own
	s := serve(t, func(o *rtsp.Options) { o.Multicast, o.MulticastPort = network, 25004 })
	published := s.await("stream.published", "cam")
	s.publish("tcp", "cam")
	published()
	var viewers []func() int
	for range 2 { // who comes later has no key frame for up to 25 pictures
		viewers = append(viewers, s.watch("udp-mcast", "rtsp://"+s.addr+"/cam", h264, 60))
	}
	for _, seen := range viewers {
		if n := seen(); n < 30 {
			t.Errorf("%d pictures", n)
		}
	}
	if n := s.door.Counts().Playing; n > 1 {
		t.Errorf("%d are read from the hub", n)
	}
}

// multicasting tells whether an interface is up that others can be told from at all.
func multicasting(t testing.TB) bool {
	t.Helper()
	all, err := net.Interfaces()
	if err != nil {
		t.Fatal(err)
	}
	return slices.ContainsFunc(all, func(i net.Interface) bool {
		const wanted = net.FlagUp | net.FlagMulticast
		addresses, err := i.Addrs()
		return i.Flags&wanted == wanted && err == nil && len(addresses) > 0
	})
}

// GStreamer publishes and plays, over each transport, with TLS and without.
func TestGStreamer(t *testing.T) {
	for _, publish := range []string{"tcp", "udp"} {
		t.Run("published over "+publish, func(t *testing.T) {
			t.Parallel()
			program.Need(t, "gst-launch-1.0")
			s := serve(t, secured(t))
			published := s.await("stream.published", "cam")
			program.Start(t, "gst-launch-1.0", "-q", "videotestsrc", "is-live=true", "!", "video/x-raw,width=320,height=180,framerate=25/1", "!",
				"x264enc", "tune=zerolatency", "key-int-max=25", "bitrate=500", "!", "h264parse", "!", "s.", "audiotestsrc", "is-live=true", "!",
				"audioconvert", "!", "opusenc", "!", "s.", "rtspclientsink", "name=s", "protocols="+publish, "location=rtsp://"+s.addr+"/cam")
			published()
			for _, c := range []struct{ protocols, address string }{
				{"tcp", "rtsp://" + s.addr + "/cam"},
				{"udp", "rtsp://" + s.addr + "/cam"},
				{"tcp+http", "rtsph://" + s.addr + "/cam"},
				{"tcp", "rtsps://" + s.secure + "/cam"},
				{"udp", "rtsps://" + s.secure + "/cam"},
			} {
				if n := s.watch(c.protocols, c.address, h264, 30)(); n < 29 { // the last one may be held by the decoder
					t.Errorf("%s over %s: %d pictures", strings.SplitN(c.address, ":", 2)[0], c.protocols, n)
				}
			}
		})
	}
}
