package benchtest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"sluice/engine/enginetest"
)

// graphs are for telephones that call in: those who say they are "alone" are a stream by the name that they call, and hear nobody; all
// others are a stream by the name that they say they have, and hear whom they call, converted if they have nothing in common.
const graphs = `graph: v1
name: alone
about: Somebody calls, who hears nobody.

route:
  - {event: sip.invite, path: "/{whom}", where: {account: alone}}

nodes:
  phone: sip.in
  said: stream.out name=$whom

links:
  - phone -> said

policy:
  end: {when: [phone]}
---
graph: v1
name: row
about: Somebody calls, and hears who is called.

route:
  - {event: sip.invite, path: "/{whom}", where: {account: row}}

nodes:
  phone: sip.in
  said: stream.out name=$from
  heard: stream.in name=$whom
  to: convert
  ear: sip.out

links:
  - phone -> said
  - heard.audio -> to.audio -> ear

policy:
  end: {when: [phone]}
`

// Exchange is `sluice serve` that telephones of this machine call in at. The account "alone" is that of telephones that hear nobody:
// what they say is a stream by the name that they call. All others hear who is called, and are streams by their own names. So a row
// of telephones, each of which hears the one before it, is as much work as half as many calls of two.
type Exchange struct {
	Cmd     *exec.Cmd
	SIP     string // host:port
	Metrics string
}

// ServeExchange starts one in a folder, which ends with the benchmark. more is put below "sip" of its configuration, as it is.
func ServeExchange(b testing.TB, path, folder, more string) *Exchange {
	b.Helper()
	s := &Exchange{SIP: "127.0.0.1:" + strconv.Itoa(enginetest.FreeUDP(b)), Metrics: Free(b)}
	config := filepath.Join(folder, "sluice.yaml")
	for file, text := range map[string]string{
		filepath.Join(folder, "graphs", "exchange.yaml"): graphs,
		config: "sip:\n  address: 127.0.0.1\n  listen: [" + s.SIP + "]\n  media_ports: 20000-29999\n  ports: 19000-19999\n" +
			"  calls: 5000\n  calls_per_line: 5000\n  calls_per_address: 5000\n  inactivity: 0s\n  accounts:\n" +
			"    - {name: row, from: [127.0.0.1]}\n    - {name: alone, login: alone, from: [127.0.0.1]}\n" + more,
	} {
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	s.Cmd = Serve(b, path, folder, Free(b), "SLUICE_CONFIG="+config, "SLUICE_METRICS_LISTEN="+s.Metrics, "SLUICE_REST_LISTEN=",
		"SLUICE_REST_TLS_LISTEN=", "SLUICE_HLS_LISTEN=", "SLUICE_HLS_TLS_LISTEN=", "SLUICE_SRT_LISTEN=", "SLUICE_RTMP_LISTEN=",
		"SLUICE_RTMP_TLS_LISTEN=", "SLUICE_RTSP_LISTEN=", "SLUICE_RTSP_TLS_LISTEN=", "SLUICE_RTSP_UDP=off",
		"SLUICE_WEBRTC_UDP=127.0.0.1:0", "SLUICE_WEBRTC_TCP=127.0.0.1:0", "SLUICE_CPUS=64")
	return s
}

// Ran is the processor time that the server and its workers have used so far.
func (s *Exchange) Ran(b testing.TB) (server, workers time.Duration) {
	b.Helper()
	for _, pid := range Children(s.Cmd.Process.Pid) {
		workers += Ran(b, pid)
	}
	return Ran(b, s.Cmd.Process.Pid), workers
}

// Children are the processes that a process has started (proc(5)).
func Children(parent int) []int {
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	var out []int
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // it has just ended
		}
		_, rest, _ := strings.Cut(string(text), ") ")
		fields := strings.Fields(rest)
		if len(fields) > 1 && fields[1] == strconv.Itoa(parent) {
			pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(file)))
			out = append(out, pid)
		}
	}
	return out
}
