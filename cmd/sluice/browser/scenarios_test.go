package browser

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"sluice/cmd/sluice/browser/drive"
	"sluice/engine/enginetest/lossy"
)

// scenario is one of testdata/browser/scenarios. Without servers of its own it shares one with others, and may run beside
// them.
type scenario struct {
	name     string
	script   string   // the file, if it is not called like the scenario
	servers  int      // of its own
	settings []string // of one server of its own
	lossy    bool     // its media goes through a bad network, and it runs alone
	phones   bool     // it has a registrar and telephones
	alone    bool     // it says how late or how steady something is, which others beside it would change
}

func scenarios() []scenario {
	return []scenario{
		{name: "two_way_streaming"},
		{name: "player"},
		{name: "streamer"},
		{name: "2players"},
		{name: "embed_player"},
		{name: "conference"},
		{name: "room_twin"},
		{name: "video-chat"},
		{name: "stream_filter"},
		{name: "canvas_streaming"},
		{name: "stream-auto-restore", servers: 1},
		{name: "media_devices_manager"},
		{name: "chat_and_screen"},
		{name: "other_pages"},
		{name: "tcp"},
		{name: "publisher_gone"},
		{name: "mute"},
		{name: "codecs"},
		{name: "resolution"},
		{name: "kinds"},
		{name: "late"},
		{name: "lossy", lossy: true},
		{name: "simulcast", lossy: true},
		{name: "dead_network", lossy: true, settings: []string{"SLUICE_WEBRTC_CONSENT_TIMEOUT=3s", "SLUICE_WEBRTC_ICE_TIMEOUT=3s"}},
		{name: "two_servers", servers: 2},
		{name: "exchange", servers: 2, settings: []string{"SLUICE_REST_LISTEN={tcp}", "SLUICE_REST_TLS_LISTEN=", "SLUICE_REST_HOSTS=private"}},
		{name: "console"},
		{name: "session"},
		{name: "rest_module", settings: []string{"SLUICE_REST_LISTEN={tcp}", "SLUICE_REST_TLS_LISTEN=", "SLUICE_REST_ORIGINS=*"}},
		{name: "sdk_console", settings: []string{"SLUICE_REST_LISTEN={tcp}", "SLUICE_REST_TLS_LISTEN=", "SLUICE_REST_ORIGINS=*"}},
		{name: "metrics", settings: []string{"SLUICE_WEBSOCKET_METRICS=testdata/metrics.json"}},
		{name: "graphs", servers: 1},
		{name: "tcp_server", script: "streamer", settings: []string{"SLUICE_WEBRTC_UDP=[]"}},
		{name: "lite", script: "streamer", settings: []string{"SLUICE_WEBRTC_LITE=true"}},
		{name: "port_range", script: "2players", settings: []string{"SLUICE_WEBRTC_PORTS={ports}"}},
		{name: "relay", settings: []string{"SLUICE_RELAY_TCP={tcp}", "SLUICE_RELAY_SECRET=of nobody"}},
		{name: "stream_recording", settings: []string{"SLUICE_RECORDS_FOLDER={folder}"}},
		{name: "several_streams_recording", settings: []string{"SLUICE_RECORDS_FOLDER={folder}"}},
		{name: "hooks", settings: []string{`SLUICE_APPS_LIST=[{key: shop, url: "http://{tcp}/hooks", secret: shared}]`}},
		{name: "sdk_tests"},
		{name: "old_sdks"},
	}
}

// conditions are those that media must bear.
var conditions = lossy.Conditions{Loss: 0.05, Jitter: 200 * time.Millisecond, Seed: 4}

// brief is what a scenario is told.
type brief struct {
	Scenario string      `json:"scenario"`
	Servers  []addresses `json:"servers"`
	Out      string      `json:"out"`
	Detour   int         `json:"detour,omitempty"` // UDP port that media goes through
	// Registrar is the address of the registrar of telephones.
	Registrar string `json:"registrar,omitempty"`
}

// Every scenario runs in one browser. What each tab said, heard and showed is left in out/browser.
func TestScenarios(t *testing.T) {
	needBrowser(t)
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(removePrograms)
	d, out := drive.Start(t), outFolder(t)
	shared := startServer(t, path, out, "shared")
	for _, s := range scenarios() {
		t.Run(s.name, func(t *testing.T) {
			if !s.lossy {
				t.Parallel()
			}
			play(t, d, s, path, shared, filepath.Join(out, s.name))
		})
	}
}

// outFolder is what the folders of scenarios are in.
func outFolder(t *testing.T) string {
	t.Helper()
	out, err := filepath.Abs(filepath.Join("..", "..", "..", "out", "browser"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		t.Fatal(err)
	}
	return out
}

func play(t *testing.T, d *drive.Driver, s scenario, path string, shared *server, out string) {
	t.Helper()
	if err := os.RemoveAll(out); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		t.Fatal(err)
	}
	servers := []*server{shared}
	if own := max(s.servers, min(len(s.settings), 1)); own > 0 {
		servers = nil
		for i := range own {
			servers = append(servers, startServer(t, path, out, fmt.Sprintf("server%d", i), s.settings...))
		}
	}
	b := brief{Scenario: cmp.Or(s.script, s.name), Out: out}
	for _, one := range servers {
		b.Servers = append(b.Servers, one.addresses)
	}
	var bad *lossy.Proxy
	if s.lossy {
		var err error
		if bad, err = lossy.Listen(servers[0].udp, conditions); err != nil {
			t.Fatal(err)
		}
		defer func() {
			t.Logf("the bad network: %+v", bad.Counts())
			if err := bad.Close(); err != nil {
				t.Error(err)
			}
		}()
		b.Detour = int(bad.Addr().Port())
	}
	start := time.Now()
	var notes json.RawMessage
	var err error
	if host := answers(t, servers, bad); s.phones {
		notes, err = startBooth(t).ask(d, b, host)
	} else {
		notes, err = d.Ask("run", b, host)
	}
	if err != nil {
		t.Fatalf("%v\nits messages and pictures are in %s", err, out)
	}
	t.Logf("%.1f s, notes: %s", time.Since(start).Seconds(), notes)
}

// answers does what a scenario asks for.
func answers(t *testing.T, servers []*server, bad *lossy.Proxy) drive.Host {
	t.Helper()
	return func(what string, with json.RawMessage) error {
		var which struct {
			Server     int
			Name, Text string
			Loss       float64
			Count      int
		}
		if err := json.Unmarshal(with, &which); err != nil {
			return err
		}
		if which.Server < 0 || which.Server >= len(servers) {
			return fmt.Errorf("there is no server %d", which.Server)
		}
		s := servers[which.Server]
		switch what {
		case "kill":
			return s.end(syscall.SIGKILL)
		case "start":
			return s.start(t.Context())
		case "network":
			bad.Change(lossy.Conditions{Loss: which.Loss, Seed: conditions.Seed})
			return nil
		case "workers":
			return s.await(which.Count)
		case "crash":
			return s.crash()
		case "graph":
			return s.graph(which.Name, which.Text)
		}
		return fmt.Errorf("the test does not know what %q is", what)
	}
}
