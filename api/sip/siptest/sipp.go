package siptest

import (
	"encoding/csv"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"sluice/engine/enginetest/program"
)

// SIPpOptions are for StartSIPp.
type SIPpOptions struct {
	Scenario string            // the file of the scenario (testdata/sip)
	To       string            // host:port of the far end; "" if the scenario waits to be called
	TCP      bool              // SIP over one TCP connection, not over UDP
	Calls    int               // how many calls are made, or taken, in all; 0 is 1
	Rate     int               // calls that are begun in a second; 0 is 10
	Limit    int               // calls at the same time at most; 0: no limit
	Accounts []Account         // who calls, one after the other and over again: [field0] is the user, [field1] what answers challenges
	Words    map[string]string // of the scenario, which are in double braces there
	Echo     bool              // RTP is sent back to where it came from
	Port     int               // of SIP; 0: any
	Within   time.Duration     // it fails if it takes longer; 0 is a minute
}

// SIPp plays a scenario, with anybody.
type SIPp struct {
	Address string // host:port of its SIP
	Media   int    // its port of RTP
	t       testing.TB
	folder  string
	process *program.Program
	calls   int
}

// Result is what came of the calls of a scenario.
type Result struct {
	Good, Failed int
	Rate         float64 // calls in a second, on average
	Resent       int     // messages that had to be sent again
}

// StartSIPp starts one, and returns when it listens.
func StartSIPp(t testing.TB, o SIPpOptions) *SIPp {
	t.Helper()
	need(t, "sipp")
	o.Calls, o.Rate = orOne(o.Calls, 1), orOne(o.Rate, 10)
	media := ports(t, 6)
	port := o.Port
	if port == 0 {
		port, media = media, media+2
	}
	s := &SIPp{Address: address(port), Media: media, t: t, folder: folder(t), calls: o.Calls}
	scenario := render(t, o.Scenario, o.Words)
	within := seconds(o.Within, time.Minute)
	args := []string{
		"-sf", scenario, "-i", host, "-p", strconv.Itoa(port), "-mi", host, "-mp", strconv.Itoa(media), "-m", strconv.Itoa(o.Calls),
		"-nostdin", "-timeout", fmt.Sprintf("%ds", within), "-timeout_error", "-recv_timeout", "30000",
		"-trace_stat", "-fd", "1", "-stf", s.path("statistics"), "-trace_err", "-error_file", s.path("errors"),
	}
	if o.Calls <= 10 {
		args = append(args, "-trace_msg", "-message_file", s.path("messages"))
	}
	if o.TCP {
		args = append(args, "-t", "t1")
	}
	if o.Echo {
		args = append(args, "-rtp_echo")
	}
	if o.Limit > 0 {
		args = append(args, "-l", strconv.Itoa(o.Limit))
	}
	if len(o.Accounts) > 0 {
		args = append(args, "-inf", s.accounts(o.Accounts))
	}
	if o.To != "" {
		args = append(args, "-r", strconv.Itoa(o.Rate), o.To)
	}
	cmd := program.Command(t, "sipp", args...)
	cmd.Dir, cmd.Env = s.folder, append(os.Environ(), "TERM=dumb")
	s.process = program.Run(t, cmd)
	t.Cleanup(s.explain)
	if o.To == "" {
		until(t, "SIPp to listen", func() (string, bool) {
			select {
			case <-s.process.Done():
				t.Fatalf("SIPp has ended:\n%s", s.process.Said())
			default:
			}
			return "", s.listens(o.TCP)
		})
	}
	return s
}

func orOne(n, standard int) int {
	if n == 0 {
		return standard
	}
	return n
}

// listens tells whether somebody has its address.
func (s *SIPp) listens(tcp bool) bool {
	if tcp {
		c, err := dial(s.t.Context(), "tcp4", s.Address)
		if err == nil {
			_ = c.Close()
		}
		return err == nil
	}
	// To bind the port oneself, and see that it is taken, would now and then take it from SIPp.
	all, err := os.ReadFile("/proc/net/udp")
	_, port, _ := net.SplitHostPort(s.Address)
	n, _ := strconv.Atoi(port)
	return err == nil && strings.Contains(string(all), fmt.Sprintf(": 0100007F:%04X ", n))
}

func (s *SIPp) path(name string) string { return filepath.Join(s.folder, name) }

// accounts writes the file that SIPp takes users from.
func (s *SIPp) accounts(all []Account) string {
	s.t.Helper()
	text := strings.Builder{}
	text.WriteString("SEQUENTIAL\n")
	for _, a := range all {
		fmt.Fprintf(&text, "%s;[authentication username=%s password=%s]\n", a.User, a.User, a.Password)
	}
	if err := os.WriteFile(s.path("accounts"), []byte(text.String()), 0o600); err != nil {
		s.t.Fatal(err)
	}
	return s.path("accounts")
}

// Port is that of its SIP, for another one that takes its place.
func (s *SIPp) Port() int {
	_, port, _ := net.SplitHostPort(s.Address)
	n, _ := strconv.Atoi(port)
	return n
}

// Done is closed when it has ended.
func (s *SIPp) Done() <-chan struct{} { return s.process.Done() }

// Result waits until all calls are over, and tells how they went.
func (s *SIPp) Result() Result {
	s.t.Helper()
	_ = s.process.Ended() // with a status that says no more than the statistics
	file, err := os.Open(s.path("statistics"))
	if err != nil {
		s.t.Fatalf("SIPp has no statistics: %v; it said:\n%s", err, s.process.Said())
	}
	defer file.Close()
	table := csv.NewReader(file)
	table.Comma, table.FieldsPerRecord = ';', -1
	rows, err := table.ReadAll()
	if err != nil || len(rows) < 2 {
		s.t.Fatalf("SIPp's statistics have %d rows: %v; it said:\n%s", len(rows), err, s.process.Said())
	}
	last := rows[len(rows)-1]
	number := func(name string) float64 {
		for i, column := range rows[0] {
			if column == name && i < len(last) {
				v, err := strconv.ParseFloat(last[i], 64)
				if err != nil {
					s.t.Fatalf("SIPp's %s is %q", name, last[i])
				}
				return v
			}
		}
		s.t.Fatalf("SIPp tells no %s", name)
		return 0
	}
	return Result{
		Good: int(number("SuccessfulCall(C)")), Failed: int(number("FailedCall(C)")), Rate: number("CallRate(C)"),
		Resent: int(number("Retransmissions(C)")),
	}
}

// Wait waits until all calls are over, which must have gone as the scenario has it.
func (s *SIPp) Wait() Result {
	s.t.Helper()
	r := s.Result()
	if r.Good != s.calls || r.Failed != 0 {
		s.t.Errorf("of %d calls of SIPp %d went well and %d failed", s.calls, r.Good, r.Failed)
	}
	return r
}

// Stop ends it.
func (s *SIPp) Stop() { s.t.Helper(); s.process.Kill() }

// explain tells, of a test that failed, what SIPp was not content with, and what was sent.
func (s *SIPp) explain() {
	if !s.t.Failed() {
		return
	}
	const most = 8000
	for _, name := range []string{"errors", "messages"} {
		if text, err := os.ReadFile(s.path(name)); err == nil {
			s.t.Logf("SIPp's %s:\n%s", name, text[:min(len(text), most)])
		}
	}
}
