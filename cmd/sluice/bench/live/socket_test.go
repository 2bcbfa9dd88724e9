package live

import (
	"encoding/json"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/pion/webrtc/v4"
)

// page is what the Web SDK is on its WebSocket, as far as it matters here.
type page struct {
	ws *websocket.Conn
}

type message struct {
	Name string            `json:"message"`
	Data []json.RawMessage `json:"data"`
}

// visit connects and waits until the session is established.
func visit(s *server) (*page, error) {
	dialer := websocket.Dialer{ReadBufferSize: 512, WriteBufferSize: 512, HandshakeTimeout: patience}
	ws, res, err := dialer.Dial("ws://"+s.web+"/", nil)
	if err != nil {
		return nil, err
	}
	_ = res.Body.Close()
	p := &page{ws}
	hello := map[string]any{"appKey": "defaultApp", "mediaProviders": []string{"WebRTC"}, "clientVersion": "2.0"}
	if err := p.say("connection", hello); err != nil {
		return nil, err
	}
	return p, p.await("getUserData", "")
}

func (p *page) say(name string, data any) error {
	return p.ws.WriteJSON(map[string]any{"message": name, "data": []any{data}})
}

// await reads until a message of the name comes, with the status if one is given.
func (p *page) await(name, status string) error {
	for {
		_ = p.ws.SetReadDeadline(time.Now().Add(patience))
		var m message
		if err := p.ws.ReadJSON(&m); err != nil {
			return err
		}
		if m.Name == "ping" {
			if err := p.say("pong", nil); err != nil {
				return err
			}
		}
		if len(m.Data) == 0 {
			continue
		}
		var body struct{ Status, Info string }
		_ = json.Unmarshal(m.Data[0], &body) // what is no object has neither
		if m.Name == name && (status == "" || body.Status == status) {
			return nil
		}
		if body.Status == "FAILED" {
			return fmt.Errorf("%s: %s", m.Name, body.Info)
		}
	}
}

// BenchmarkIdle has 2,000 pages connect and do nothing.
func BenchmarkIdle(b *testing.B) {
	const pages = 2000
	s := serve(b)
	empty := s.memory(b)
	for range b.N {
		var all []*page
		for range pages {
			p, err := visit(s)
			if err != nil {
				b.Fatal(err)
			}
			all = append(all, p)
		}
		b.ReportMetric(s.memory(b)/1024, "MB")
		b.ReportMetric((s.memory(b)-empty)/pages, "KB/session")
		cpu := s.ran(b)
		<-time.After(measured) // probes are sent and answered by nobody meanwhile
		b.ReportMetric((s.ran(b)-cpu).Seconds()/measured.Seconds(), "cores")
		for _, p := range all {
			_ = p.ws.Close()
		}
	}
}

// BenchmarkChurn has pages publish and stop as fast as they can, without media: what is measured is the server's work of
// signalling, of ports and of graphs.
func BenchmarkChurn(b *testing.B) {
	const pages, long = 8, 12 * time.Second
	s := serve(b)
	pc, err := api(b).NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = pc.Close() }()
	if _, err := pc.AddTransceiverFromKind(webrtc.RTPCodecTypeVideo, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly}); err != nil {
		b.Fatal(err)
	}
	offer, err := pc.CreateOffer(nil)
	if err != nil {
		b.Fatal(err)
	}
	cycles := func(d time.Duration) int {
		var work sync.WaitGroup
		counts, errs := make([]int, pages), make([]error, pages)
		for i := range pages {
			work.Go(func() { counts[i], errs[i] = churn(s, i, offer.SDP, d) })
		}
		work.Wait()
		sum := 0
		for i := range pages {
			if errs[i] != nil {
				b.Fatal(errs[i])
			}
			sum += counts[i]
		}
		return sum
	}
	for range b.N {
		cycles(long / 4) // until everything has its size
		memory, files, cpu := s.memory(b), s.files(b), s.ran(b)
		n := cycles(long)
		b.ReportMetric(float64(n)/long.Seconds(), "cycles/s")
		b.ReportMetric(float64((s.ran(b)-cpu).Microseconds())/float64(n), "cpu-µs/cycle")
		b.ReportMetric(s.memory(b)-memory, "KB-more")
		b.ReportMetric(float64(s.files(b)-files), "files-more")
	}
}

// churn is one page's.
func churn(s *server, page int, sdp string, d time.Duration) (int, error) {
	p, err := visit(s)
	if err != nil {
		return 0, err
	}
	defer func() { _ = p.ws.Close() }()
	for n, end := 0, time.Now().Add(d); ; n++ {
		if time.Now().After(end) {
			return n, nil
		}
		stream := map[string]any{
			"mediaSessionId": fmt.Sprintf("%d-%d-%d", os.Getpid(), page, n), "name": fmt.Sprintf("churn%d", page), "published": true,
			"hasVideo": true, "hasAudio": false, "status": "PENDING", "mediaProvider": "WebRTC", "sdp": sdp,
		}
		if err := p.say("publishStream", stream); err != nil {
			return n, err
		}
		if err := p.await("setRemoteSDP", ""); err != nil {
			return n, err
		}
		if err := p.say("unPublishStream", stream); err != nil {
			return n, err
		}
		if err := p.await("notifyStreamStatusEvent", "UNPUBLISHED"); err != nil {
			return n, err
		}
	}
}

// files is how many the server has open.
func (s *server) files(b *testing.B) int {
	b.Helper()
	list, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", s.cmd.Process.Pid))
	if err != nil {
		b.Fatal(err)
	}
	return len(list)
}
