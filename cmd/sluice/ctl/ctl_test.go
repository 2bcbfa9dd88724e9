package ctl

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sluice/api/rest/client/clienttest"
	"sluice/api/rest/wire"
	"sluice/cmd/sluice/ctl/show"
	"sluice/engine/media"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// line is a command line whose server is a real one.
type line struct {
	*clienttest.Server
	t        *testing.T
	terminal bool
	in       string
}

func start(t *testing.T) *line {
	t.Helper()
	l := &line{Server: clienttest.Start(t), t: t}
	t.Setenv("SLUICE_SERVER", l.URL)
	t.Setenv("SLUICE_TOKEN", clienttest.Token)
	return l
}

// do runs a command.
func (l *line) do(args ...string) (out, errs string, err error) {
	var o, e bytes.Buffer
	err = l.into(l.t.Context(), &o, &e, args...)
	return o.String(), e.String(), err
}

func (l *line) into(ctx context.Context, out, errs io.Writer, args ...string) error {
	c := Command(Options{In: strings.NewReader(l.in), Out: out, Err: errs, Style: func(io.Writer) show.Style {
		return show.Style{Terminal: l.terminal, Width: 160}
	}})
	c.SilenceErrors, c.SilenceUsage = true, true
	c.SetArgs(args)
	c.SetOut(out)
	return c.ExecuteContext(ctx)
}

// good runs a command that is to succeed, and gives what it printed.
func (l *line) good(args ...string) string {
	l.t.Helper()
	out, errs, err := l.do(args...)
	if err != nil {
		l.t.Fatalf("%v: %v\n%s", args, err, errs)
	}
	return out
}

// wants runs a command whose output is to match.
func (l *line) wants(pattern string, args ...string) {
	l.t.Helper()
	if out := l.good(args...); !regexp.MustCompile("(?ms)" + pattern).MatchString(out) {
		l.t.Errorf("%v:\n%s\nwant %s", args, out, pattern)
	}
}

// fails runs a command that is to fail, with words on standard error or in the error.
func (l *line) fails(want error, pattern string, args ...string) {
	l.t.Helper()
	out, errs, err := l.do(args...)
	if want == nil {
		if _, ok := errors.AsType[Usage](err); !ok && err == nil {
			l.t.Errorf("%v: %v is no wrong usage", args, err)
		}
		errs = err.Error()
	} else if !errors.Is(err, want) {
		l.t.Errorf("%v: %v, want %v", args, err, want)
	}
	if out != "" || !regexp.MustCompile("(?ms)"+pattern).MatchString(errs) {
		l.t.Errorf("%v:\n%s%s\nwant %s", args, out, errs, pattern)
	}
}

// mixer is a server with a mixer, a tone, a stream and a session.
func mixer(t *testing.T) (l *line, session string) {
	l = start(t)
	l.Publish("live/cam", media.H264, media.Opus)
	session = l.Call("live/cam")
	if got := l.good("pipelines", "start", "rooms/mix", "--id", "mix", "--wait"); got != "mix\n" {
		t.Errorf("%q", got)
	}
	return l, session
}

func TestPipelines(t *testing.T) {
	l, session := mixer(t)
	l.wants(`^`+session+"\tcalls/peer\tlive\t20\\S+Z\t0\t-\tlive/cam\t$", "pipelines")
	l.wants(`^mix\trooms/mix\tlive\t\S+\t0\tmixed\t-\t\n\z`, "pipelines", "list", "--graph", "rooms/mix", "--state", "live")
	l.wants(`^rooms/mix#mix\n  state .*live for.*publishes  mixed.*^Nodes\n.*sound +audio.mix.*^What can be done and set\n.*sound +volume mute`, "pipelines", "show", "mix")
	l.wants(`^  It is live for \d+s: media flows\.\n.*By its policy`, "pipelines", "explain", "mix")
	l.good("pipelines", "add", "mix", "voice", "ann", "-p", "source="+l.Folder+"/a.wav")
	l.wants(`voice\[ann\]`, "pipelines", "show", "mix", "--json")
	l.wants(`^{"muted":\["ann"\]}\n`, "pipelines", "do", "mix", "sound", "mute", "key=ann")
	file := filepath.Join(t.TempDir(), "out.json")
	l.good("pipelines", "do", "mix", "sound", "mute", "key=ann", "-o", file)
	if data, err := os.ReadFile(file); err != nil || string(data) != `{"muted":["ann"]}` {
		t.Errorf("%s %v", data, err)
	}
	l.good("pipelines", "remove", "mix", "voice", "ann")
	l.fails(ErrRefused, `^sluice: invalid_params: .*volum.*no field`, "pipelines", "set", "mix", "enc", "volum=1")
	l.wants("^id: mix\ngraph: rooms/mix$", "pipelines", "show", "mix", "--yaml")
	l.fails(ErrRefused, `^sluice: resource_not_found: no pipeline "mx" runs\n  did you mean "mix"\?\n`, "pipelines", "end", "mx")
	if out, errs, err := l.do("pipelines", "end", "mx", "mix", "--drain", "0s", "--wait"); !errors.Is(err, ErrRefused) || out != "" || !strings.Contains(errs, "mx") {
		t.Errorf("%s%s%v", out, errs, err)
	}
	if out := l.good("pipelines", "--graph", "rooms/mix", "--state", "live"); out != "" {
		t.Errorf("%s is there still", out)
	}
}

func TestStart(t *testing.T) {
	l := start(t)
	l.fails(ErrRefused, `^sluice: invalid_params: 2 things.*-p buffers: .*1000.*-p bufers: .*did you mean`,
		"pipelines", "start", "jobs/tone", "-p", "buffers=5000", "-p", "bufers=1")
	l.fails(ErrRefused, `^sluice: graph_not_found: .*\n  did you mean "jobs/tone"\?`, "pipelines", "start", "jobs/tune")
	l.fails(nil, "name=value", "pipelines", "start", "jobs/tone", "-p", "buffers")
	l.fails(nil, "twice", "pipelines", "start", "jobs/tone", "-p", "wave=a", "-p", "wave=b")
	l.fails(nil, "above 0", "pipelines", "start", "jobs/tone", "--wait=0s")
	l.fails(nil, "together", "pipelines", "--json", "--yaml")
	l.terminal = true
	out, errs, err := l.do("pipelines", "start", "jobs/tone", "--id", "one", "--wait=10s")
	if err != nil || out != "one\n" || !regexp.MustCompile(`jobs/tone: live after `).MatchString(errs) {
		t.Errorf("%q %q %v", out, errs, err)
	}
	l.terminal = false
	var p wire.Pipeline
	if err := json.Unmarshal([]byte(l.good("pipelines", "start", "jobs/tone", "--json", "--key", "k")), &p); err != nil || p.Graph != "jobs/tone" {
		t.Errorf("%+v %v", p, err)
	}
	if again := l.good("pipelines", "start", "jobs/tone", "--key", "k"); again != p.ID+"\n" {
		t.Errorf("%q is not %q", again, p.ID)
	}
}

func TestStreamsAndSessions(t *testing.T) {
	l, session := mixer(t)
	l.wants(`^live/cam\t\S+Z\t1\t0\th264.*opus`, "streams", "--prefix", "live/")
	l.wants(`^live/cam\n  published .*\n  readers    1\n\nTracks\n.*Pipelines\n.*reads +calls/peer`, "streams", "show", "live/cam")
	l.wants(`^\d+\t`, "streams", "readers", "live/cam")
	l.wants(`Readers\n  \d+ .*takes video: h264; audio: opus\n    serves `+session+`\n    gets video h264, exact: `, "streams", "explain", "live/cam")
	l.wants(`\A`+session+`\n  play +live/cam\n.*Stream live/cam\n.*gets audio opus 48000, exact: `, "sessions", "explain", session)
	l.fails(ErrRefused, "resource_not_found", "sessions", "explain", "nobody")
	l.wants(`Nobody publishes it`, "streams", "explain", "nobody")
	l.wants(`^`+session+"\ttest\tplay\tlive/cam\t192\\.0\\.2\\.7:5000\tann\t\\S+Z\tcalls/peer\tlive\t", "sessions", "--stream", "live/cam")
	l.wants(`^$`, "sessions", "list", "--direction", "publish")
	l.wants(`^  play +live/cam$.*^  protocol +test$.*^  from +192.0.2.7:5000$.*^  user +ann$`, "sessions", "show", session)
	l.good("pipelines", "start", "jobs/relay", "-p", "from=live/cam", "-p", "to=copy", "--wait")
	l.good("streams", "end", "copy")
	l.good("sessions", "end", session)
	l.fails(ErrRefused, "resource_not_found", "sessions", "end", "nobody")
	l.fails(ErrRefused, "stream_not_found", "streams", "end", "live/cma")
	l.terminal = true
	if out, errs, err := l.do("streams", "--prefix", "x"); out != "" || errs != "no streams\n" || err != nil {
		t.Errorf("%q %q %v", out, errs, err)
	}
	l.wants(`^name      since  readers  size  tracks\nlive/cam  \d+s `, "streams", "--prefix", "live/")
}

func TestGraphs(t *testing.T) {
	l := start(t)
	l.wants("^jobs/tone\tstartable\tshipped\tA tone\\.$.*^parts/voice\tfragment", "graphs")
	l.wants(`^jobs/tone\n  about +A tone\..*version +\w{32}$.*^  buffers +int +10`, "graphs", "show", "jobs/tone")
	if got := l.good("graphs", "show", "jobs/tone", "--text"); got != clienttest.Graphs()["jobs/tone"] {
		t.Errorf("%s", got)
	}
	l.wants(`"maximum": 1000`, "graphs", "schema", "jobs/tone")
	l.wants(`num-buffers=7`, "graphs", "draw", "jobs/tone", "-p", "buffers=7")
	l.wants(`<svg`, "graphs", "draw", "jobs/tone", "--as", "svg")
	l.fails(nil, "--as is one of", "graphs", "draw", "jobs/tone", "--as", "png")
	file := filepath.Join(t.TempDir(), "x.yaml")
	if err := os.WriteFile(file, []byte(clienttest.Graphs()["jobs/tone"]), 0o600); err != nil {
		t.Fatal(err)
	}
	l.good("graphs", "lint", file)
	first := strings.TrimSpace(l.good("graphs", "put", "mine/x", file))
	l.wants(`"version": "`+first+`"`, "graphs", "show", "mine/x", "--json")
	l.fails(ErrRefused, `\Asluice: stale_version: [^\n]*\n  it is "`+first+`" now; [^\n]*--force\n\z`, "graphs", "put", "mine/x", file)
	l.in = clienttest.Graphs()["jobs/tone"] + "# more\n"
	second := strings.TrimSpace(l.good("graphs", "put", "mine/x", "-", "--version", first))
	if second == first || len(second) != 32 {
		t.Errorf("%q after %q", second, first)
	}
	l.fails(nil, "wants --version", "graphs", "delete", "mine/x")
	l.fails(nil, "together", "graphs", "delete", "mine/x", "--force", "--version", first)
	l.fails(ErrRefused, `\Asluice: stale_version: [^\n]*\n  it is "`+second+`" now\n\z`, "graphs", "delete", "mine/x", "--version", first)
	l.fails(ErrRefused, `\Asluice: stale_version: [^\n]*\n  there is none of that name\n\z`, "graphs", "put", "mine/y", file, "--force")
	l.good("graphs", "delete", "mine/x", "--version", second)
	l.in = "graph: v1\nnodes:\n  a: nothing\n"
	if out, errs, err := l.do("graphs", "lint", "-"); !errors.Is(err, ErrRefused) || !strings.Contains(out, "-:3:") || !strings.Contains(errs, "lint_failed") {
		t.Errorf("%s%s%v", out, errs, err)
	}
	l.fails(ErrRefused, `mine/bad.yaml:3:\d+: error\[`, "graphs", "put", "mine/bad", "-")
	l.fails(ErrUnreached, "none.yaml", "graphs", "lint", "none.yaml")
}

func TestAbout(t *testing.T) {
	l := start(t)
	l.wants(`^sluice v0\.test at http://127`, "server")
	l.wants("^test.call /\\{stream...\\}\tcalls/peer\tcalls/peer.yaml:", "routes", "test.call")
	l.wants(`^test.call /\{stream...\} -> calls/peer \(calls/peer.yaml:\d+:\d+\), taken\n  \S`, "routes", "test.call", "/x/y", "-p", "a=b")
	l.fails(ErrRefused, "no_route", "routes", "stream.wanted", "/x")
	l.fails(ErrRefused, `did you mean "test.call"`, "routes", "test.cal")
	l.wants("^audio.mix\t", "elements")
	l.wants("^opusenc\t\\S+\tgst\t", "elements", "list", "opusenc", "--all")
	l.wants(`^audio.mix: .*Action mute`, "elements", "show", "audio.mix")
	l.fails(ErrRefused, `did you mean`, "elements", "show", "audio.mx")
	l.fails(nil, `no command "lst"; did you mean "list"`, "streams", "lst")
}

// TestEvents follows until Ctrl-C, which is no failure.
func TestEvents(t *testing.T) {
	l, _ := mixer(t)
	l.wants("^-\tfeed.reset\t-\tnot all .*\t\n20\\S+Z\tinstance.changed\t-\trooms/mix#mix \\w+ -> \\w+\t\\w+-\\d+\n\\z",
		"events", "--since", "old-1", "--pipeline", "mix", "--filter", "instance.*", "-n", "2")
	l.wants(`^{"id":.*"name":"reader.joined"`, "events", "--since", "old-1", "--filter", "reader.*", "--json", "-n", "2")
	l.wants("^---\nid: ", "events", "--since", "old-1", "--filter", "stream.published", "--yaml", "-n", "2")
	l.fails(ErrRefused, "no pipeline", "events", "--pipeline", "none")
	ctx, cancel := context.WithCancel(t.Context())
	out := &first{then: cancel}
	if err := l.into(ctx, out, io.Discard, "events", "--since", "old-1"); err != nil {
		t.Error(err)
	}
}

// first calls something at the first write.
type first struct {
	bytes.Buffer
	then func()
}

func (f *first) Write(p []byte) (int, error) {
	f.then()
	return f.Buffer.Write(p)
}

// TestInterrupted: Ctrl-C, and the end of patience, end the waiting, and not what is waited for.
func TestInterrupted(t *testing.T) {
	l := start(t)
	l.Silence()
	l.terminal = true
	ctx, cancel := context.WithCancel(t.Context())
	errs := &first{then: cancel}
	if err := l.into(ctx, io.Discard, errs, "pipelines", "start", "jobs/tone", "--id", "one", "--wait"); !errors.Is(err, ErrInterrupted) {
		t.Error(err)
	}
	if text := errs.String(); !regexp.MustCompile(`\rjobs/tone#one: (planned|starting)…\x1b\[K`).MatchString(text) || !strings.Contains(text, "one goes on by itself") {
		t.Errorf("%q", text)
	}
	l.wants("^jobs/tone#one\n  state +(planned|starting)", "pipelines", "show", "one")
	out, text, err := l.do("pipelines", "start", "jobs/tone", "--id", "two", "--wait=10ms")
	if !errors.Is(err, ErrRefused) || out != "two\n" || !strings.Contains(text, "start_timeout: it is not live after 10ms") {
		t.Errorf("%q %q %v", out, text, err)
	}
}

func TestNoServer(t *testing.T) {
	l := start(t)
	l.fails(ErrRefused, "unauthorized.*show a token.*credentials: --token-file", "server", "--user", "ann")
	t.Setenv("SLUICE_PASSWORD", clienttest.Token)
	l.good("server", "--user", "ann")
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte(clienttest.Token+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SLUICE_TOKEN", "wrong")
	l.fails(ErrRefused, "unauthorized", "server")
	l.good("server", "--token-file", token)
	l.fails(ErrUnreached, "none: it cannot|at none", "server", "--token-file", "none")
	l.fails(nil, "two kinds", "server", "--token-file", token, "--user", "ann")
	l.fails(nil, "--ca-file", "server", "--insecure", "--ca-file", token)
	l.fails(nil, "no certificate", "server", "--ca-file", token)
	l.fails(nil, "address of a server", "server", "-s", "ftp://x")
	l.CloseClientConnections()
	l.Listener.Close()
	l.fails(ErrUnreached, "unreachable.*start the server with `sluice serve`.*--server, or SLUICE_SERVER", "server")
	_, errs, _ := l.do("server", "--token-file", token, "-s", "http://0.0.0.0:1", "--insecure")
	if !strings.Contains(errs, "in the clear") || strings.Contains(errs, clienttest.Token) {
		t.Error(errs)
	}
}

// TestCompletion offers what the server has.
func TestCompletion(t *testing.T) {
	l, session := mixer(t)
	for _, row := range []struct {
		args []string
		want string
	}{
		{[]string{"pipelines", "show", ""}, "mix"}, {[]string{"pipelines", "end", "x", ""}, "mix"}, {[]string{"streams", "explain", ""}, "live/cam"},
		{[]string{"sessions", "end", ""}, session}, {[]string{"graphs", "show", ""}, "rooms/mix"}, {[]string{"pipelines", "start", ""}, "jobs/tone"},
		{[]string{"pipelines", "do", "mix", ""}, "sound"}, {[]string{"pipelines", "do", "mix", "sound", ""}, "mute"},
		{[]string{"elements", "show", "audio"}, "audio.mix"}, {[]string{"events", "--pipeline", ""}, "mix"}, {[]string{"graphs", "draw", "--as", ""}, "svg"},
	} {
		out, _, err := l.do(append([]string{"__complete"}, row.args...)...)
		if err != nil || !strings.Contains("\n"+out, "\n"+row.want+"\n") {
			t.Errorf("%v: %v\n%s", row.args, err, out)
		}
	}
}

func TestExplainPipeline(t *testing.T) {
	silent := 3.0
	now := clock()
	retry := now.Add(5e9)
	var b strings.Builder
	err := ExplainPipeline(wire.PipelineDetail{
		Pipeline: wire.Pipeline{
			ID: "m", Graph: "rooms/mixer", State: "degraded", Since: now.Add(-90e9), Restarts: 2, Retry: &retry,
			Fault:    &wire.Fault{Code: "stalled", Text: "nothing came", Place: "rooms/mixer#m/in", Blame: "peer"},
			Branches: []wire.Branch{{Name: "a", Kind: "lazy"}, {Name: "b", Kind: "lazy", Runs: true, Readers: 2}, {Name: "c", Kind: "keyed", Fault: &wire.Fault{Code: "lost", Text: "gone"}}},
		},
		Nodes: []wire.Node{
			{Name: "conv", Element: "convert", Passes: true},
			{Name: "enc", Element: "opusenc", Domain: "gst", Counts: &wire.Counts{Drops: map[string]uint64{"late": 3, "full": 1, "none": 0}}, Silent: &silent},
		},
		Policy: &wire.Policy{Start: "10s", Stall: "5s", Drain: "2s", Restart: "error"}, Process: &wire.Process{Stale: true}, Unread: 4,
	}, now).Write(&b, show.Style{})
	const want = `rooms/mixer#m
  It is degraded for 1m30s: media flows, but for a branch that failed.
  What went wrong last: stalled: nothing came
    at rooms/mixer#m/in
    The other end is to blame, or what it sent.
  It was begun anew 2 times.
  It will be begun anew in 5s.
  By its policy it fails if none of its sources gives media for 5s; after a failure it begins anew.
  Branch a is lazy and does not run: nobody reads what it makes.
  Branch b is lazy and runs, because 2 read what it makes.
  Branch c does not run: lost: gone.
  Node conv (convert) has nothing to convert: media passes as it is.
  Node enc lost units: full 1, late 3.
  Its process did not answer in time: what is said of it is old.
  4 units came out of GStreamer and nobody read them.
`
	if err != nil || b.String() != want {
		t.Errorf("%v\n%s", err, &b)
	}
}

func clock() time.Time { return time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC) }
