package guard

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sluice/elements/file"
	"sluice/elements/stream"
	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/plan"
	"sluice/engine/value"
	"sluice/testdata/registry"
)

func specs(t testing.TB) Specs {
	t.Helper()
	snapshot, err := registry.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	own := append(stream.Elements(), file.Elements()...)
	reg, err := element.NewRegistry(snapshot, append(own, puller{}), nil)
	if err != nil {
		t.Fatal(err)
	}
	return reg.Spec
}

// puller is an element with an address.
type puller struct{}

func (puller) Spec() element.Spec {
	return element.Spec{Name: "test.pull", Domain: element.Go, Fields: []element.Field{element.Setting("url", value.URI)}}
}

func set(text string) []plan.Setting {
	var out []plan.Setting
	for word := range strings.FieldsSeq(text) {
		name, v, _ := strings.Cut(word, "=")
		out = append(out, plan.Setting{Name: name, Type: value.String, Text: v})
	}
	return out
}

// of is a plan with one element: "filesrc location=/etc/passwd".
func of(text string) *plan.Plan {
	name, rest, _ := strings.Cut(text, " ")
	if element.Own(name) {
		return &plan.Plan{Nodes: []plan.Node{{Name: "it", Element: name, Settings: set(rest)}}}
	}
	return &plan.Plan{Pipelines: []plan.Pipeline{{Elements: []plan.Element{{Name: "it", Node: "it", Factory: name, Props: set(rest)}}}}}
}

func TestPlan(t *testing.T) {
	const yes, no = true, false
	media := t.TempDir() // stands for /srv/media
	g, err := New(Rules{
		Folders: []string{media}, Elements: []string{"v4l2src", "udpsrc"},
		Hosts: []string{"cam.example.org", "*.cdn.example", "10.1.0.0/16", "192.0.2.7", "one.example:1935", "2001:db8::1"},
	}, specs(t))
	if err != nil {
		t.Fatal(err)
	}
	for text, allowed := range map[string]bool{
		// what touches nothing
		"videotestsrc pattern=snow":            yes,
		"audiotestsrc wave=ticks":              yes,
		"fakesink":                             yes,
		"appsrc":                               yes,
		"textoverlay text=hello":               yes,
		"x264enc bitrate=500 tune=zerolatency": yes,
		"queue":                                yes,
		"mp4mux fragment-duration=1000":        yes,
		"stream.in name=cam":                   yes,
		"stream.out name=a/b":                  yes,
		"rtph264pay":                           yes,
		"x264enc option-string=ref=3:me=hex":   yes,
		"x264enc option-string=stats=/run/x":   no,
		"x264enc option-string=csv=evil.csv:csv-log-level=2":   no,
		"x264enc option-string=scenecut=0:analysis-save=a":     no,
		"x264enc option-string=Stats=a":                        no,
		"x264enc pass=pass1":                                   no,
		"x264enc pass=17":                                      no,
		"x264enc pass=quant":                                   yes,
		"x264enc pass=pass1 multipass-cache-file=/srv/media/x": yes,
		"vp8enc multipass-mode=first-pass":                     no,
		"vp8enc multipass-mode=one-pass deadline=1":            yes,
		"avenc_mpeg4 pass=pass2":                               no,
		"avenc_mpeg4 bitrate=1000":                             yes,
		"theoraenc multipass-mode=first-pass":                  yes, // it keeps notes nowhere unless told where
		"avenc_h264_omx omx-libname=libevil.so":                no,
		"fluiddec soundfont=/etc/passwd":                       no,
		"playbin uri=file:///srv/media/a.mp4 video-sink=x":     no,
		"autoconvert factories=filesink":                       no,
		"identity new-in-the-next-version=x":                   no,
		"x264enc option-string=pass=1:stats=a.log":             no,
		// files
		"filesrc location=/srv/media/a.mp4":                                    yes,
		"filesrc location=/srv/media/x/../a.mp4":                               yes,
		"filesrc location=/srv/media":                                          no,
		"filesrc location=/srv/media/../../etc/passwd":                         no,
		"filesrc location=/srv/mediabox/a.mp4":                                 no,
		"filesrc location=/etc/passwd":                                         no,
		"filesrc location=../../etc/passwd":                                    no,
		"filesrc location=file:///etc/passwd":                                  no,
		"filesrc location=http://cam.example.org/../../../../../../etc/passwd": no,
		"filesrc":                                               no,
		"filesink location=/srv/media/out.mkv":                  yes,
		"filesink location=/var/www/x":                          no,
		"multifilesrc location=/srv/media/%05d":                 yes,
		"multifilesrc location=/srv/media/%d/../../../etc/%d":   no,
		"multifilesink":                                         no, // writes 00001 where the server was started
		"splitmuxsrc location=/srv/*/a*.mp4":                    no,
		"splitmuxsink location=/srv/media/%d.mp4":               yes,
		"multifilesink location=/srv/media/%s%s%n":              no,
		"multifilesink location=/srv/media/%5d":                 yes,
		"multifilesink location=/srv/media/%d%d":                no,
		"multifilesink location=/srv/media/%999d":               no,
		"multifilesink location=/srv/media/%*d":                 no,
		"multifilesink location=/srv/media/%":                   no,
		"multifilesink location=file:///srv/media/%25s":         no,
		"multifilesink location=http://cam.example.org/%25s":    no,
		"splitmuxsink location=/srv/media/%05d%n.mp4":           no,
		"filesrc location=/srv/media/100%.mp4":                  yes,
		"souphttpsrc location=http://cam.example.org/a%20b%20c": yes,
		"playbin uri=file:///srv/media/a%20b%20c.mp4":           yes,
		"splitmuxsink sink-factory=filesink":                    no,
		"splitmuxsink sink-properties=p,location=/x":            no,
		"giosrc location=file:///etc/passwd":                    no,
		"hlssink2 location=/srv/media/%d.ts":                    no, // and its playlist where the server was started
		"mp4mux moov-recovery-file=/etc/cron.d/x":               no,
		"vp8enc multipass-cache-file=/srv/other/x":              no,
		"gdkpixbufoverlay location=/etc/passwd":                 no,
		"gdkpixbufoverlay location=/srv/media/logo.png":         yes,
		"queue2 temp-template=/var/cache/XXXXXX":                no,
		"file.in path=/srv/media/a.mp4":                         yes,
		"file.in path=/etc/passwd":                              no,
		"file.out path=a.mp4":                                   no,
		"fdsrc fd=3":                                            no,
		"shmsrc socket-path=/run/x":                             no,
		"playbin uri=file:///srv/media/a.mp4":                   yes,
		"playbin uri=file:///etc/passwd":                        no,
		"uridecodebin uri=FILE:///etc/passwd":                   no,
		"uridecodebin uri=file://localhost/etc/passwd":          no,
		"multifilesrc location=/srv/media/[ab]/../%d.ts":        yes,
		// addresses
		"souphttpsrc location=http://cam.example.org/a":                             yes,
		"souphttpsrc location=http://cam.example.org./a":                            yes,
		"souphttpsrc location=http://CAM.example.org/a":                             yes,
		"souphttpsrc location=http://cam.example.org@evil.example/":                 no,
		"souphttpsrc location=http://evil.example/":                                 no,
		"souphttpsrc location=http://evil.example#cam.example.org":                  no,
		"souphttpsrc location=http://127.0.0.1:8081/v1":                             no,
		"souphttpsrc location=http://[::ffff:127.0.0.1]/":                           no,
		"souphttpsrc location=http://[::ffff:10.1.2.3]/":                            yes,
		"souphttpsrc location=http://169.254.169.254/":                              no,
		"souphttpsrc location=http://2130706433/":                                   no,
		"souphttpsrc location=http://10.1.9.9/a proxy=http://evil.example/":         no,
		"souphttpsrc location=http://10.2.0.1/":                                     no,
		"souphttpsrc location=http://a.b.cdn.example/":                              yes,
		"souphttpsrc location=http://cdn.example/":                                  no,
		"souphttpsrc location=http://xcdn.example/":                                 no,
		"souphttpsrc location=cam.example.org":                                      no,
		"souphttpsrc location=http:cam.example.org":                                 no,
		`souphttpsrc location=http://cam.example.org\@evil.example/`:                no,
		"souphttpsrc location=http://[2001:db8::1]:80/":                             yes,
		"souphttpsrc location=http://[fe80::1%25eth0]/":                             no,
		"rtmp2sink location=rtmp://one.example:1935/live/a host=one.example":        yes,
		"rtmp2sink location=rtmp://one.example:1935/live/a host=one.example port=1": no,
		"rtmpsink location=rtmp://one.example:1935/live/a":                          yes,
		"rtmpsink location=rtmp://one.example:1936/live/a":                          no,
		"tcpclientsrc host=192.0.2.7":                                               yes,
		"tcpclientsrc host=one.example port=1935":                                   yes,
		"tcpclientsrc host=one.example port=1936":                                   no,
		"tcpclientsrc host=one.example":                                             no, // at 4953
		"tcpclientsrc host=2001:db8::1 port=1":                                      yes,
		"udpsink host=one.example port=1935":                                        yes,
		"udpsink host=one.example port=1935 bind-address=one.example":               no,
		"tcpclientsrc":           no, // localhost
		"udpsink host=192.0.2.8": no,
		"multiudpsink clients=192.0.2.7:1,192.0.2.8:2 bind-address=192.0.2.7":  no,
		"multiudpsink clients=192.0.2.7:1,10.1.1.1:2 bind-address=192.0.2.7":   yes,
		"srtsrc uri=srt://cam.example.org:9 localaddress=10.1.0.1":             yes,
		"webrtcbin stun-server=stun://evil.example:1":                          no,
		"stream.in name=rtsp://evil.example/x":                                 no,
		"stream.in name=rtsp://cam.example.org/x":                              yes,
		"test.pull url=rtsp://user:pw@cam.example.org/x":                       yes,
		"test.pull url=rtsp:///x":                                              no,
		"test.pull url=cam.example.org":                                        no,
		"test.pull url=file:///srv/media/x":                                    yes,
		"test.pull url=:%zz":                                                   no,
		"playbin uri=v4l2:///dev/video0":                                       no,
		"dashsink mpd-root-path=/srv/media/ mpd-baseurl=http://evil.example/x": no,
		// devices
		"v4l2src device=/dev/video0": yes,
		"v4l2sink device=/dev/x":     no,
		"udpsrc":                     yes,
		"pulsesrc":                   no,
		"ximagesrc":                  no,
		"autovideosink":              no,
		"no-such-element":            no,
	} {
		err := g.Plan(of(strings.ReplaceAll(text, "/srv/media", media)))
		if allowed != (err == nil) || err != nil && !errors.Is(err, fault.Forbidden) {
			t.Errorf("%s: %v", text, err)
		}
		if f, ok := errors.AsType[*fault.Fault](err); ok && f.Place != "it" {
			t.Errorf("%s: at %q", text, f.Place)
		}
	}
}

// TestNothingIsAllowedByItself: without rules, what touches nothing can be used, and nothing else.
// What a node is told is looked at also while no element of the plan has it.
func TestSetting(t *testing.T) {
	const yes, no = true, false
	folder := t.TempDir()
	g, err := New(Rules{Folders: []string{folder}, Elements: []string{"gdkpixbufoverlay"}}, specs(t))
	if err != nil {
		t.Fatal(err)
	}
	named := func(t value.Type) element.Field { return element.Setting("it", t).Paths() }
	for _, c := range []struct {
		element string
		field   element.Field
		text    string
		allowed bool
	}{
		{"video.mix", named(value.String), "", yes},
		{"video.mix", named(value.String), folder + "/a.png", yes},
		{"video.mix", named(value.String), "/etc/a.png", no},
		{"video.mix", named(value.String), folder + "/../a.png", no},
		{"video.mix", element.Setting("it", value.String), "/etc/a.png", yes}, // names no file
		{"video.mix", element.Setting("it", value.File), "/etc/a.png", no},
		{"video.mix", element.Setting("it", value.String), "rtsp://evil.example/x", no},
		{"video.mix", named(value.Map), `{}`, yes},
		{"video.mix", named(value.Map), `{"ann":"` + folder + `/a.png","bob":""}`, yes},
		{"video.mix", named(value.Map), `{"ann":"` + folder + `/a.png","bob":"/etc/a.png"}`, no},
		{"video.mix", named(value.Map), `{"ann":{"file":"` + folder + `/a.png","x":7}}`, yes},
		{"video.mix", named(value.Map), `{"ann":{"x":7},"bob":{"file":"/etc/a.png"}}`, no},
		{"video.mix", named(value.Map), `{`, no},
		{"filesrc", element.Setting("location", value.String), "/etc/a.png", no},
		{"filesrc", element.Setting("location", value.String), folder + "/a.png", yes},
		{"gdkpixbufoverlay", element.Setting("location", value.String), "/etc/a.png", yes},
		{"volume", element.Setting("volume", value.Float), "0.5", yes},
	} {
		err := g.Setting("node", c.element, c.field, c.text)
		f, _ := errors.AsType[*fault.Fault](err)
		if (err == nil) != c.allowed || err != nil && (f == nil || f.Code != fault.Forbidden || f.Place != "node") {
			t.Errorf("%s %s %q: %v", c.element, c.field.Constraint.Type, c.text, err)
		}
	}
}

func TestNothingIsAllowedByItself(t *testing.T) {
	g, err := New(Rules{}, specs(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := g.Plan(of("videotestsrc")); err != nil {
		t.Error(err)
	}
	err = g.Plan(of("filesrc location=/srv/media/a.mp4"))
	if err == nil || !strings.Contains(err.Error(), "rest.folders") {
		t.Error(err)
	}
	err = g.Plan(of("souphttpsrc location=http://127.0.0.1/"))
	if err == nil || !strings.Contains(err.Error(), "rest.hosts") {
		t.Error(err)
	}
}

// TestLinks: no link leads out of a folder, and none to what is not there yet.
func TestLinks(t *testing.T) {
	top := t.TempDir()
	inside, outside := filepath.Join(top, "in"), filepath.Join(top, "out")
	for _, dir := range []string{inside, outside, filepath.Join(inside, "sub")} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	link := func(to, name string) {
		if err := os.Symlink(to, filepath.Join(inside, name)); err != nil {
			t.Fatal(err)
		}
	}
	link(outside, "away")
	link("sub", "near")
	link(filepath.Join(outside, "new"), "dangling")
	link("loop", "loop")
	entry := filepath.Join(top, "entry") // the folder may be a link itself
	if err := os.Symlink(inside, entry); err != nil {
		t.Fatal(err)
	}
	g, err := New(Rules{Folders: []string{entry}}, specs(t))
	if err != nil {
		t.Fatal(err)
	}
	for name, allowed := range map[string]bool{
		"a.mkv": true, "new/deep/a.mkv": true, "near/a.mkv": true, "away/a.mkv": false, "dangling": false, "loop": false, "loop/a": false,
		"near/../a.mkv": true, "away/../in/a.mkv": true,
	} {
		if err := g.Plan(of("filesink location=" + inside + "/" + name)); allowed != (err == nil) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	for want, r := range map[string]Rules{
		"hosts[1]":   {Hosts: []string{"a", "http://a/"}},
		"hosts[0]":   {Hosts: []string{"*.*"}},
		"folders[0]": {Folders: []string{""}},
	} {
		_, err := New(r, specs(t))
		if f, ok := errors.AsType[*fault.Fault](err); !ok || f.Place != want {
			t.Errorf("%s: %v", want, err)
		}
	}
	g, err := New(Rules{Hosts: []string{"*"}}, specs(t))
	if err != nil || g.Plan(of("souphttpsrc location=http://anywhere.example/")) != nil {
		t.Error(err)
	}
}

// FuzzAddress: whatever is admitted is at the host, also as other parsers read it, which take what follows the last "@", and end a host
// at a "/", "?", "#" or "\".
func FuzzAddress(f *testing.F) {
	for _, seed := range []string{
		"http://cam.example.org/", "http://a@cam.example.org:80/x", "http://cam.example.org:80@evil/", "http://evil\\@cam.example.org",
		"http://cam.example.org?@evil", "http://[::1]/", "//cam.example.org", "http://cam.example.org%2f@evil", "file:///x", "http://cam.example.org%00.evil/",
	} {
		f.Add(seed)
	}
	g, err := New(Rules{Hosts: []string{"cam.example.org"}}, specs(f))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if g.address(target{}, text) != nil {
			return
		}
		_, rest, _ := strings.Cut(text, "://")
		if i := strings.IndexAny(rest, `/?#\`); i >= 0 {
			rest = rest[:i]
		}
		rest = rest[strings.LastIndex(rest, "@")+1:]
		host, _, _ := strings.Cut(rest, ":")
		if strings.TrimSuffix(strings.ToLower(host), ".") != "cam.example.org" {
			t.Errorf("%q is admitted, at %q", text, host)
		}
	})
}
