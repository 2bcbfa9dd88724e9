package files

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sluice/engine/element"
	"sluice/engine/plan"
	"sluice/engine/value"
)

func specs(factory string) (*element.Spec, bool) {
	in, out := element.Port{Name: "sink", Dir: element.Sink}, element.Port{Name: "src", Dir: element.Source}
	s := &element.Spec{Name: factory}
	switch {
	case factory == "unknown":
		return nil, false
	case strings.HasPrefix(factory, "hls"):
		s.Fields = []element.Field{
			element.Setting("location", value.String).Or("segment%05d.ts"), element.Setting("playlist-location", value.String).Or("playlist.m3u8"),
		}
		s.Ports = []element.Port{in}
	case strings.HasSuffix(factory, "sink"):
		s.Ports = []element.Port{in}
	case strings.HasSuffix(factory, "src"):
		s.Ports = []element.Port{out}
	default:
		s.Ports = []element.Port{in, out}
	}
	return s, true
}

func made(factory string, settings ...string) plan.Element {
	e := plan.Element{Name: "n", Node: "n", Factory: factory}
	for _, s := range settings {
		name, text, _ := strings.Cut(s, "=")
		e.Props = append(e.Props, plan.Setting{Name: name, Type: value.String, Text: text})
	}
	return e
}

func TestWhichSettingsNameFiles(t *testing.T) {
	for _, c := range []struct {
		e    plan.Element
		want string // setting, path, w for written, m for many, i for in Props
	}{
		{made("filesink", "sync=false", "location=./a.webm"), "location a.webm w1"},
		{made("filesink", "location=part%05d.ts"), "location part%05d.ts w0"},
		{made("filesink"), ""},
		{made("filesink", "location="), ""},
		{made("filesrc", "location=a.flv"), "location a.flv 0"},
		{made("multifilesrc", "location=a%d.jpg"), "location a%d.jpg m0"},
		{made("splitfilesrc", "location=a*.ts"), "location a*.ts m0"},
		{made("multifilesink"), "location %05d wm-1"},
		{made("splitmuxsink", "location=a%05d.mp4"), "location a%05d.mp4 wm0"},
		{made("hlssink2", "location=x/s%05d.ts", "playlist-location=x/i.m3u8"), "location x/s%05d.ts wm0, playlist-location x/i.m3u8 w1"},
		{made("hlssink2"), "location segment%05d.ts wm-1, playlist-location playlist.m3u8 w-1"},
		{made("rtmp2sink", "location=rtmp://somewhere/live"), ""},
		{made("giosink", "location=file:///a/b%d"), "location /a/b%d w0"},
		{made("gdkpixbufoverlay", "location=logo.png"), "location logo.png 0"},
		{made("mp4mux", "moov-recovery-file=moov"), "moov-recovery-file moov w0"},
		{made("unknown", "location=a"), ""},
	} {
		var got []string
		for _, f := range OfElement(&c.e, specs) {
			marks := ""
			if f.Written {
				marks += "w"
			}
			if f.Many {
				marks += "m"
			}
			index, _ := json.Marshal(f.Index)
			got = append(got, f.Setting+" "+f.Path+" "+marks+string(index))
			if f.Node != "n" || f.Name() != f.Path || f.Media != (f.Setting == "location") {
				t.Errorf("%+v", f)
			}
		}
		if text := strings.Join(got, ", "); text != c.want {
			t.Errorf("%s %v: %q, want %q", c.e.Factory, c.e.Props, text, c.want)
		}
	}
}

func TestSecretsAreSeenAndNotShown(t *testing.T) {
	e := made("filesink", "location=***")
	e.Props[0].Secret = true
	if err := plan.Unveil(e.Props, []string{"hush.bin"}); err != nil {
		t.Fatal(err)
	}
	p := &plan.Plan{Pipelines: []plan.Pipeline{{Elements: []plan.Element{made("filesrc", "location=a"), e}}}}
	got := Of(p, specs)
	if len(got) != 2 || got[1].Path != "hush.bin" || got[1].Name() != "***" || !got[1].Secret {
		t.Errorf("%+v", got)
	}
}

func TestThere(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, name := range []string{"s[1]-9.ts", "s[1]-10.ts", "s[1]-x.ts", "s1-9.ts", "hex-0a.ts", "100%-1", "one"} {
		put(t, name)
	}
	for pattern, want := range map[string][]string{
		"s[1]-%d.ts":  {"s[1]-9.ts", "s[1]-10.ts"},
		"hex-%02x.ts": {"hex-0a.ts"},
		"hex-%02d.ts": nil,
		"100%%-%lu":   {"100%-1"},
		"none-%d":     nil,
	} {
		if got := (File{Path: pattern, Many: true}).There(); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", pattern, got, want)
		}
	}
	if got := (File{Path: "s*.ts", Many: true, Factory: "splitmuxsrc"}).There(); len(got) != 4 {
		t.Errorf("a shell pattern: %q", got)
	}
	if got := (File{Path: "one"}).There(); len(got) != 1 {
		t.Errorf("one file: %q", got)
	}
	if got := (File{Path: "s[1]-%d.ts"}).There(); got != nil {
		t.Errorf("a name with a per cent sign: %q", got)
	}
}

func put(t *testing.T, path string) {
	t.Helper()
	if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestMeets(t *testing.T) {
	folder := t.TempDir()
	t.Chdir(folder)
	put(t, "there")
	if err := os.Mkdir("sub", 0o700); err != nil {
		t.Fatal(err)
	}
	for link, to := range map[string]string{
		"link": "there", "dangling": "new", "far": "dangling", "subs": "sub", "sub/up": "../new", "circle": "circle", "lost": "no/folder",
	} {
		if err := os.Symlink(to, link); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Link("there", "hard"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"new", "new", true}, {"new", "other", false}, {"new", filepath.Join(folder, "new"), true},
		{"there", "link", true}, {"there", "hard", true},
		{"dangling", "new", true}, {"far", "new", true}, {"subs/up", "far", true}, {"subs/x", "sub/x", true},
		{"circle", "new", false}, {"lost", "new", false}, {"lost", "no/folder", true}, {"none/a", "none/a", true},
		{"s%05d.ts", "s00001.ts", true}, {"s00001.ts", "s%05d.ts", true}, {"s%05d.ts", "sx.ts", false}, {"subs/s%05d.ts", "sub/s%05d.ts", true},
		{"s%05d.ts", "r%05d.ts", false}, {"n%d", "new", false},
	} {
		f := func(path string) File { return File{Path: path, Many: strings.Contains(path, "%")} }
		if got := f(c.a).Meets(f(c.b)); got != c.want {
			t.Errorf("%s and %s: %t", c.a, c.b, got)
		}
	}
	for path, want := range map[string]string{"new": ".", "a/b": "a", "sub/up": folder, "lost": filepath.Join(folder, "no")} {
		if got := (File{Path: path}).Folder(); got != want {
			t.Errorf("folder of %s: %s", path, got)
		}
	}
}

func FuzzMatches(f *testing.F) {
	for _, s := range []string{"a%05d.ts", "%", "%%d", "a[%d*", "%-+ 3.4llx", "%d%d"} {
		f.Add(s, "a00001.ts")
	}
	f.Fuzz(func(t *testing.T, pattern, path string) {
		one := File{Path: pattern, Many: true}
		if one.matches(path) {
			if ok, err := filepath.Match(one.glob(), path); err != nil || !ok && !strings.Contains(path, "/") {
				t.Errorf("%q matches %q, and its glob %q does not: %v", pattern, path, one.glob(), err)
			}
		}
	})
}
