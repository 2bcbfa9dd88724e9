package push

import (
	"context"
	"net/url"
	"strings"

	"sluice/api/rest/wcs/call"
	"sluice/api/vod"
	"sluice/engine/value"
)

// Task is what is to be pushed.
type Task struct {
	Stream string
	URL    string // of the server
	Full   bool   // URL is the whole address; otherwise the name is added to it
	Video
	Muted bool
	Sound *vod.Sound
	Loop  bool
}

// Video is what is asked of the pictures; what is zero is left as it is.
type Video struct{ Width, Height, FPS, Kilobit, Group int }

// prefix stands before the names of streams on other servers.
const prefix = "rtmp_"

// Name is what the stream is called there.
func (t Task) Name() string {
	if t.Full {
		if u, err := url.Parse(t.URL); err == nil {
			return u.Path[strings.LastIndexByte(u.Path, '/')+1:]
		}
	}
	return prefix + t.Stream
}

func (t Task) graph(video bool) string {
	if video {
		return "wcs/push"
	}
	return "wcs/push_sound"
}

// params are the parameters of the graph.
func (t Task) params(video bool) map[string]any {
	to, key := t.URL, prefix+t.Stream
	if t.Full {
		to, key = apart(t.URL)
	}
	p := map[string]any{"to": to, "key": key}
	if video {
		const kilo = 1000
		p["stream"], p["width"], p["height"], p["gop"] = t.Stream, int64(t.Width), int64(t.Height), int64(t.Group)
		p["fps"], p["bitrate"] = value.Ratio{Num: int64(t.FPS), Den: 1}, value.Bits(int64(t.Kilobit)*kilo)
	}
	return p
}

// apart takes the name of the stream, with its parameters, from a whole address. That may be a key, which the plans of pipelines do
// not show as they would the address. An address without a name stays as it is.
func apart(whole string) (to, key string) {
	u, err := url.Parse(whole)
	if err != nil {
		return whole, ""
	}
	path := u.EscapedPath()
	at := strings.LastIndexByte(path, '/')
	if at < 0 || at == len(path)-1 {
		return whole, ""
	}
	if key = path[at+1:]; u.RawQuery != "" {
		key += "?" + u.RawQuery
	}
	to = u.Scheme + "://" + u.Host + path[:at]
	if u.User != nil {
		to = u.Scheme + "://" + u.User.String() + "@" + u.Host + path[:at]
	}
	return to, key
}

// Info is a push as WCS shows it.
type Info struct {
	Session string  `json:"mediaSessionId"`
	Name    string  `json:"streamName"`
	URL     string  `json:"rtmpUrl"`
	Width   int     `json:"width"`
	Height  int     `json:"height"`
	Muted   bool    `json:"muted"`
	Sound   bool    `json:"soundEnabled"`
	Options Choices `json:"options"`

	stream string
}

// Choices are the options of a push.
type Choices struct {
	Action string `json:"action,omitempty"`
	File   string `json:"soundFile,omitempty"`
	Loop   bool   `json:"loop,omitempty"`
}

// info describes the push.
func (p *push) info() Info {
	p.mu.Lock()
	defer p.mu.Unlock()
	i := Info{
		Session: p.id, Name: p.task.Name(), URL: p.task.URL, Width: p.width, Height: p.height, Muted: p.muted, Sound: p.sound != nil,
		stream: p.task.Stream,
	}
	switch {
	case p.sound != nil:
		i.Options = Choices{"sound_on", p.sound.Name, p.sound.loop}
	case p.muted:
		i.Options.Action = "mute"
	}
	return i
}

// Routes are the calls below /rest-api/push, and /rest-api/stream/republish, as startup was called once.
func Routes(x *Pushes) []call.Route {
	return []call.Route{
		{Path: "/push/startup", Do: x.startup},
		{Path: "/stream/republish", Do: x.startup},
		{Path: "/push/find", Do: x.found},
		{Path: "/push/find_all", Do: x.listed},
		{Path: "/push/terminate", Do: x.of((*push).terminate)},
		{Path: "/push/mute", Do: x.of(func(p *push, ctx context.Context) error { return p.mute(ctx, true) })},
		{Path: "/push/unmute", Do: x.of(func(p *push, ctx context.Context) error { return p.mute(ctx, false) })},
		{Path: "/push/sound_on", Do: x.soundOn},
		{Path: "/push/sound_off", Do: x.of((*push).soundOff)},
	}
}

// startup starts one.
func (x *Pushes) startup(ctx context.Context, r *call.Request) (any, error) {
	t := Task{Stream: r.Need("streamName"), URL: strings.TrimRight(r.Need("rtmpUrl"), "/")}
	if u, err := url.Parse(t.URL); t.URL != "" && (err != nil || u.Host == "" || u.Scheme != "rtmp" && u.Scheme != "rtmps") {
		r.Wrong("rtmpUrl", "it is no address such as rtmp://example.org/live")
	}
	t.Full, _ = r.Flag("rtmpTransponderFullUrl")
	const mostSide, mostRate, mostGroup, mostKilobit = 4096, 120, 10_000, 100_000
	t.Width, _ = r.Whole("width", 0, mostSide)
	t.Height, _ = r.Whole("height", 0, mostSide)
	t.FPS, _ = r.Whole("fps", 0, mostRate)
	t.Group, _ = r.Whole("keyFrameInterval", 0, mostGroup)
	t.Kilobit, _ = r.Whole("bitrate", 0, mostKilobit)
	if o := r.Object.Object("options"); len(o.Names()) > 0 {
		switch action := o.Text("action"); action {
		case "":
		case "mute":
			t.Muted = true
		case "sound_on":
			t.Sound, t.Loop = x.sound(ctx, o)
		default:
			o.Wrong("action", "%.40q is neither mute nor sound_on", action)
		}
	}
	if err := r.Err(); err != nil {
		return nil, err
	}
	i, err := x.Start(ctx, t)
	if err != nil {
		return nil, err
	}
	return i, nil
}

// sound reads which file is to be heard.
func (x *Pushes) sound(ctx context.Context, o call.Object) (*vod.Sound, bool) {
	name := o.Need("soundFile")
	loop, _ := o.Flag("loop")
	if name == "" {
		return nil, loop
	}
	s, err := x.opt.Sounds.Sound(ctx, name)
	if err != nil {
		o.Wrong("soundFile", "%s", call.Message(err))
	}
	return &s, loop
}

// soundOn puts a file in the place of a push's sound.
func (x *Pushes) soundOn(ctx context.Context, r *call.Request) (any, error) {
	id := r.Need("mediaSessionId")
	s, loop := x.sound(ctx, r.Object)
	if err := r.Err(); err != nil {
		return nil, err
	}
	p, err := x.find(id)
	if err != nil {
		return nil, err
	}
	return nil, p.soundOn(ctx, *s, loop)
}

// of is a call that does something to the push of a mediaSessionId.
func (x *Pushes) of(do func(*push, context.Context) error) func(context.Context, *call.Request) (any, error) {
	return func(ctx context.Context, r *call.Request) (any, error) {
		id := r.Need("mediaSessionId")
		if err := r.Err(); err != nil {
			return nil, err
		}
		p, err := x.find(id)
		if err != nil {
			return nil, err
		}
		return nil, do(p, ctx)
	}
}

// listed lists all.
func (x *Pushes) listed(_ context.Context, r *call.Request) (any, error) {
	return call.Found(r, "push", x.List())
}

// found finds some.
func (x *Pushes) found(_ context.Context, r *call.Request) (any, error) {
	var list []Info
	stream, address := r.Text("streamName"), strings.TrimRight(r.Text("rtmpUrl"), "/")
	for _, i := range x.List() {
		if (stream == "" || stream == i.stream || stream == i.Name) && (address == "" || address == i.URL) {
			list = append(list, i)
		}
	}
	return call.Found(r, "push", list)
}
