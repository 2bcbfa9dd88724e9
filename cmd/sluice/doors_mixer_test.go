package main

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sluice/api/rest/guard"
	"sluice/engine/fault"
	"sluice/engine/plan"
	"sluice/engine/store"
	"sluice/graphs"
)

// leak is a part of a mixer that writes what it mixes into a file.
const leak = `graph: v1
about: One who also writes it down.
params:
  stream: string
nodes:
  in: stream.in name=$stream wait=10s
  vdec: decode kind=video
  adec: decode kind=audio
  copies: tee
  file: filesink location=/nowhere/leak
links:
  - in.video? -> vdec
  - in.audio? -> adec -> copies -> file
exports:
  video: vdec.video
  audio: copies.src_%u
`

// TestMixersOfCallers: mixers of which callers wrote a part touch what callers may, with guests and before there are any; those that were
// put there by hand may touch what they like.
func TestMixersOfCallers(t *testing.T) {
	a := &app{out: &bytes.Buffer{}, err: &bytes.Buffer{}, registry: "snapshot"}
	reg, err := a.elements()
	if err != nil {
		t.Fatal(err)
	}
	g, err := guard.New(guard.Rules{}, reg.Spec)
	if err != nil {
		t.Fatal(err)
	}
	member, err := graphs.FS.ReadFile("fragments/member.yaml")
	if err != nil {
		t.Fatal(err)
	}
	harmless := string(member) + "# theirs\n"
	for what, c := range map[string]struct {
		text         string
		caller, good bool
	}{
		"shipped": {"", false, true}, "by hand": {leak, false, true}, "a caller's": {leak, true, false}, "a harmless one of a caller's": {harmless, true, true},
	} {
		t.Run(what, func(t *testing.T) {
			folder := t.TempDir()
			if err := os.Mkdir(filepath.Join(folder, "fragments"), 0o700); err != nil {
				t.Fatal(err)
			}
			s, err := store.New(store.Options{Root: folder, Base: graphs.FS, Log: slog.New(slog.DiscardHandler)})
			if err == nil && c.caller {
				err = s.Mark([]byte(c.text))
			}
			if err == nil && c.text != "" {
				err = os.WriteFile(filepath.Join(folder, "fragments", "member.yaml"), []byte(c.text), 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
			set, params := s.Reload(), map[string]any{"output": "out"}
			check, err := mixerLook{graphs: s, registry: reg, guard: g}.look("wcs/mixer", params)
			if (err == nil) != c.good || err != nil && !errors.Is(err, fault.Forbidden) {
				t.Fatalf("%v", err)
			}
			if err != nil {
				return
			}
			of, ok := set.Graph("wcs/mixer")
			if !ok {
				t.Fatal("it is not there")
			}
			made, err := plan.Compile(of, set, reg)
			if err != nil {
				t.Fatal(err)
			}
			p, err := made.Resolve(plan.Inputs{
				Params: params, Keys: map[string][]plan.Key{"seat": {{Name: "ann", Params: map[string]any{"stream": "ann"}}}},
			})
			if err != nil {
				t.Fatal(err)
			}
			if err := check(p); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestMixerOfCaller: a server's mixer of which a caller wrote a part that writes files does not begin, by a call or by the name of a
// stream, and the log says why.
func TestMixerOfCaller(t *testing.T) {
	s := serveREST(t, t.TempDir(), "SLUICE_MIXER_AUTO_START=true")
	s.want(http.StatusOK, "PUT /v1/graphs/fragments%2Fmember", leak, "If-Match: *")
	a := s.Call(t, "POST /rest-api/mixer/startup", J{"uri": "mixer://m", "localStreamName": "out"})
	if a.StatusCode != http.StatusForbidden || !strings.Contains(a.Text, "not in a folder") {
		t.Errorf("%s %s", a.Status, a.Text)
	}
	s.publish("ann%23hall")
	s.errs.await(t, `a mixer could not begin.*mixer=hall.*not in a folder`)
	if a := s.Call(t, "GET /v1/streams/hall", nil); a.StatusCode != http.StatusNotFound {
		t.Errorf("%s %s", a.Status, a.Text)
	}
}
