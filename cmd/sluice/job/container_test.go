package job

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/plan"
	"sluice/engine/value"
)

func TestLooksLike(t *testing.T) {
	ts := strings.Repeat("G"+strings.Repeat("\x00", 187), 4)
	for name, c := range map[string]struct{ text, want string }{
		"flv":             {"FLV\x01\x05\x00\x00\x00\x09", "FLV"},
		"mp4":             {"\x00\x00\x00\x18ftypisom", "MP4"},
		"fragment":        {"\x00\x00\x00\x18moof....", "MP4"},
		"webm":            {"\x1a\x45\xdf\xa3\x01\x42\x82\x84webm", "WebM"},
		"matroska":        {"\x1a\x45\xdf\xa3\x01\x42\x82\x88matroska", "Matroska"},
		"ogg":             {"OggS\x00", "Ogg"},
		"avi":             {"RIFF\x00\x00\x00\x00AVI LIST", "AVI"},
		"wav":             {"RIFF\x00\x00\x00\x00WAVEfmt ", "WAV"},
		"program stream":  {"\x00\x00\x01\xba\x44", "an MPEG program stream"},
		"ts":              {ts, "MPEG-TS"},
		"ts cut off":      {ts[:300], ""},
		"text":            {"Good morning", ""},
		"nothing":         {"", ""},
		"a RIFF of seals": {"RIFF\x00\x00\x00\x00SEAL", ""},
	} {
		path := filepath.Join(t.TempDir(), name)
		put(t, path, c.text)
		if got, ok := looksLike(path); got.name != c.want || ok != (c.want != "") {
			t.Errorf("%s: %q, %t", name, got.name, ok)
		}
	}
	for _, path := range []string{t.TempDir(), "/dev/null", filepath.Join(t.TempDir(), "none")} {
		if got, ok := looksLike(path); ok {
			t.Errorf("%s looks like %s", path, got.name)
		}
	}
}

// A whole file in another container than the graph takes apart is not called damaged.
func TestAnotherContainer(t *testing.T) {
	film := func(path, demuxer string) *plan.Plan {
		return &plan.Plan{Graph: "jobs/film", Pipelines: []plan.Pipeline{{Name: "read", Elements: []plan.Element{
			{Name: "read", Node: "read", Factory: "filesrc", Props: []plan.Setting{{Name: "location", Type: value.String, Text: path}}},
			{Name: "demux", Node: "demux", Factory: demuxer},
		}}}, Nodes: []plan.Node{{Name: "read", Element: "filesrc", Domain: element.Gst, Pipeline: "read"}}}
	}
	corrupt := fault.New(fault.MediaCorrupt, "jobs/film#run/demux", "it cannot be read").Advise("does ffprobe read it?")
	path := filepath.Join(t.TempDir(), "in.mp4")
	put(t, path, "\x00\x00\x00\x18ftypisom")
	for name, c := range map[string]struct {
		plan *plan.Plan
		err  error
		want string
	}{
		"another":           {film(path, "flvdemux"), corrupt, `in.mp4" looks like MP4, which flvdemux does not take: put qtdemux in its place, or run jobs/convert`},
		"the same":          {film(path, "qtdemux"), corrupt, "does ffprobe read it?"},
		"any":               {film(path, "parsebin"), corrupt, "does ffprobe read it?"},
		"another fault":     {film(path, "flvdemux"), fault.New(fault.GstElement, "jobs/film#run/demux", "no").Advise("help"), "help"},
		"of another node":   {film(path, "flvdemux"), fault.New(fault.MediaCorrupt, "jobs/film#run/vdec", "no").Advise("help"), "help"},
		"nobody knows what": {film("/dev/null", "flvdemux"), corrupt, "does ffprobe read it?"},
		"an error":          {film(path, "flvdemux"), errors.New("no"), ""},
	} {
		r := Job{Graph: "jobs/film", Plan: c.plan, Spec: specs}.begin()
		if got := r.close(c.err, noReport).Trouble(); !strings.Contains(got.Hint, c.want) || c.want == "" && got.Hint != "" {
			t.Errorf("%s: %q", name, got.Hint)
		}
	}
}

// MPEG-TS that was cut off within a packet is told of.
func TestCutPacket(t *testing.T) {
	ts := strings.Repeat("G"+strings.Repeat("\x00", 187), 4)
	for name, c := range map[string]struct {
		text string
		cut  bool
	}{
		"whole": {ts, false}, "cut": {ts[:700], true}, "cut between packets": {ts[:3*188], false}, "another": {"FLV\x01" + ts[:700], false},
	} {
		path := filepath.Join(t.TempDir(), "in.ts")
		put(t, path, c.text)
		r := Job{Graph: "jobs/film", Plan: film{path, filepath.Join(t.TempDir(), "out.webm")}.plan(), Spec: specs}.begin()
		if got := r.close(nil, noReport).Warning; (got != "") != c.cut || c.cut && !strings.Contains(got, `in.ts) ends within a packet`) {
			t.Errorf("%s: %q", name, got)
		}
	}
}
