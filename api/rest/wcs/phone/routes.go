package phone

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"sluice/api/calls"
	"sluice/api/rest/wcs/call"
	"sluice/engine/fault"
	"sluice/engine/hub"
)

// Routes are the calls below /rest-api/call, /rest-api/api and /RESTCall, and those about content delivery networks, of which there is
// none.
func Routes(x *Calls) []call.Route {
	cdn := func(context.Context, *call.Request) (any, error) {
		return nil, fault.New(fault.ElementUnavailable, "", "this server has no content delivery network")
	}
	return []call.Route{
		{Path: "/call/startup", Do: x.startup},
		{Path: "/call/find", Do: x.found},
		{Path: "/call/find_all", Do: x.found},
		{Path: "/call/terminate", Do: x.terminate},
		{Path: "/call/send_dtmf", Do: x.press},
		{Path: "/call/inject_sound", Do: x.injectSound},
		{Path: "/call/inject_stream", Do: x.injectStream},
		{Path: "/call/inject_stream/startup", Do: x.injectStream},
		{Path: "/call/inject_stream/terminate", Do: x.injectNone},

		{Path: "/api/create-session", Do: x.createSession},
		{Path: "/api/find_all", Do: x.foundAgents},
		{Path: "/api/terminate", Do: x.endAgent},
		{Path: "/api/call", Do: x.agentCalls},
		{Path: "/api/hangup", Do: x.agentHangsUp},

		{Path: "/cdn/show_routes", Do: cdn},
		{Path: "/cdn/show_nodes", Do: cdn},

		{Path: "/RESTCall/call", Whole: true, Do: x.oldCall},
		{Path: "/RESTCall/getStatus", Whole: true, Do: x.oldStatus},
		{Path: "/RESTCall/sendDTMF", Whole: true, Do: x.press},
		{Path: "/RESTCall/hangup", Whole: true, Do: x.terminate},
		{Path: "/RESTCall/getCalls", Whole: true, Do: x.oldCalls},
	}
}

// account reads whose line is to be used.
func account(o call.Object) calls.Account {
	const most = 65535
	a := calls.Account{
		Login: o.Need("sipLogin"), AuthName: o.Text("sipAuthenticationName"), Password: o.Text("sipPassword"), Domain: o.Text("sipDomain"),
		Outbound: o.Text("sipOutboundProxy"), Proxy: o.Text("sipProxy"), Display: o.Text("visibleName"), App: o.Text("appKey"),
	}
	a.Port, _ = o.Whole("sipPort", 0, most)
	a.Register, _ = o.Flag("sipRegisterRequired")
	if a.Domain == "" {
		a.Domain = a.Outbound
	}
	if a.Domain == "" {
		o.Wrong("sipDomain", "it is missing")
	}
	return a
}

// task reads a call that is to be made.
func task(r call.Object) Task {
	t := Task{
		ID: r.Text("callId"), To: r.Need("callee"), Visible: r.Text("visibleName"), Stream: r.Text("toStream"), RTMP: r.Text("rtmpUrl"),
	}
	if t.ID == "" {
		t.ID = uuid.NewString()
	}
	if err := hub.CheckName("call/" + t.ID); err != nil { // which its stream is called
		r.Wrong("callId", "%s", call.Message(err))
	}
	var audio bool
	if audio, t.Audio = r.Flag("hasAudio"); t.Audio {
		t.Audio = audio
	} else {
		t.Audio = true // a call is heard, unless somebody says otherwise
	}
	t.Video, _ = r.Flag("hasVideo")
	if !t.Audio && !t.Video {
		r.Wrong("hasAudio", "a call has sound, pictures, or both")
	}
	if t.Stream != "" {
		if err := hub.CheckName(t.Stream); err != nil {
			r.Wrong("toStream", "%s", call.Message(err))
		}
	}
	if key := r.Text("rtmpStream"); t.RTMP != "" {
		if !strings.HasPrefix(t.RTMP, "rtmp://") && !strings.HasPrefix(t.RTMP, "rtmps://") {
			r.Wrong("rtmpUrl", "it is no address such as rtmp://example.org/live")
		}
		if key == "" {
			key = t.ID
		}
		t.RTMPKey = key
	}
	return t
}

func (x *Calls) startup(ctx context.Context, r *call.Request) (any, error) {
	t := task(r.Object)
	t.Account = account(r.Object)
	if err := r.Err(); err != nil {
		return nil, err
	}
	i, err := x.Start(ctx, t)
	if err != nil {
		return nil, err
	}
	// The SDK's pages take an answer with anything in it for the list of call/find. Who gave the call its name needs none.
	if r.Text("callId") != "" {
		return nil, nil
	}
	return i, nil
}

// found finds the calls that are all that a request says of them.
func (x *Calls) found(_ context.Context, r *call.Request) (any, error) {
	id, callee, caller, status, rtmp := r.Text("callId"), r.Text("callee"), r.Text("caller"), r.Text("status"), r.Text("rtmpUrl")
	incoming, asked := r.Flag("incoming")
	fits := func(want, is string) bool { return want == "" || want == is }
	var list []Info
	for _, i := range x.list() {
		url := ""
		if i.RTMP != nil {
			url = *i.RTMP
		}
		if fits(id, i.ID) && fits(callee, i.Callee) && fits(caller, i.Caller) && fits(status, i.Status) && fits(rtmp, url) &&
			(!asked || incoming == i.Incoming) {
			list = append(list, i)
		}
	}
	return call.Found(r, "call", list)
}

func (x *Calls) terminate(ctx context.Context, r *call.Request) (any, error) {
	id := r.Need("callId")
	if err := r.Err(); err != nil {
		return nil, err
	}
	c, err := x.find(id)
	if err == nil {
		return nil, c.terminate(ctx)
	}
	if other := x.other(id); other != nil {
		return nil, other.Hangup(ctx, 0)
	}
	return nil, err
}

// other is a call that was not made here; nil if there is none.
func (x *Calls) other(id string) calls.Call {
	if x.opt.All != nil {
		for _, c := range x.opt.All() {
			if c.ID() == id {
				return c
			}
		}
	}
	return nil
}

func (x *Calls) press(ctx context.Context, r *call.Request) (any, error) {
	id, digits := r.Need("callId"), r.Need("dtmf")
	how := calls.Keys(strings.ToUpper(r.Text("type")))
	switch how {
	case calls.Automatic, calls.RTPEvents, calls.Info, calls.InfoRelay:
	default:
		r.Wrong("type", "%.40q is none of RFC2833, INFO and INFO_RELAY", string(how))
	}
	if err := r.Err(); err != nil {
		return nil, err
	}
	made := x.other(id)
	if c, err := x.find(id); err == nil {
		c.mu.Lock()
		made = c.call
		c.mu.Unlock()
	}
	if made == nil {
		return nil, fault.New(fault.ResourceNotFound, "", "there is no call %.80q", id)
	}
	return nil, made.Press(ctx, digits, how)
}

func (x *Calls) injectSound(ctx context.Context, r *call.Request) (any, error) {
	id, name := r.Need("callId"), r.Need("fileName")
	if err := r.Err(); err != nil {
		return nil, err
	}
	c, err := x.find(id)
	if err != nil {
		return nil, err
	}
	file, err := x.opt.Sounds.Sound(ctx, name)
	if err != nil {
		return nil, err
	}
	h, err := c.heard(ctx)
	if err != nil {
		return nil, err
	}
	return nil, h.sound(ctx, file)
}

func (x *Calls) injectStream(ctx context.Context, r *call.Request) (any, error) {
	id, stream := r.Need("callId"), r.Need("streamName")
	if err := r.Err(); err != nil {
		return nil, err
	}
	c, err := x.find(id)
	if err != nil {
		return nil, err
	}
	if !x.opt.Streams(stream) {
		return nil, fault.New(fault.StreamNotFound, "", "nobody publishes %.80q", stream)
	}
	h, err := c.heard(ctx)
	if err != nil {
		return nil, err
	}
	return nil, h.play(ctx, stream)
}

func (x *Calls) injectNone(ctx context.Context, r *call.Request) (any, error) {
	id := r.Need("callId")
	if err := r.Err(); err != nil {
		return nil, err
	}
	c, err := x.find(id)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	h := c.hears
	c.mu.Unlock()
	if h == nil {
		return nil, nil
	}
	return nil, h.unplay(ctx)
}
