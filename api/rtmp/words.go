package rtmp

import (
	"context"
	"encoding/json"
	"reflect"
	"strings"
	"time"

	"sluice/api/amf"
	"sluice/api/rtmp/chunk"
	"sluice/engine/event"
)

// maxWords is how many data messages of a publisher are passed on a second: everybody who plays gets each.
const maxWords = 100

// words counts data messages.
type words struct {
	since time.Time
	count int
}

// more tells whether one more may be passed on.
func (w *words) more(at time.Time) bool {
	if at.Sub(w.since) >= time.Second {
		*w = words{since: at}
	}
	w.count++
	return w.count <= maxWords
}

// data takes a data message. What a publisher says of its stream before that is published is in the tracks; what it says later, and
// everything else, such as onTextData and onCuePoint, is said to all who play, as {"onTextData": VALUE}. The caller holds p.mu.
func (p *intake) data(m *chunk.Message, at time.Time) {
	name, values := said(m)
	if name == "onMetaData" {
		before := about(p.said.tags, "")
		p.said.read(values)
		if !p.decided || reflect.DeepEqual(before, about(p.said.tags, "")) {
			return // some say it every second, with the bit rates of that second
		}
	}
	if name == "" || p.pub == nil || !p.words.more(at) {
		return
	}
	var value any
	switch len(values) {
	case 0:
	case 1:
		value = amf.Plain(values[0])
	default:
		value = amf.Plain(amf.List(values))
	}
	if text, err := json.Marshal(map[string]any{name: value}); err == nil {
		_ = p.pub.Say(text) // what is too long is not said
	}
}

// heard makes a data message of what is said of a stream: what a publisher over RTMP says comes out as it went in, and anything else, as
// pages say it, as onTextData.
func heard(payload json.RawMessage) []byte {
	var v any
	if json.Unmarshal(payload, &v) != nil {
		return nil
	}
	if o, ok := v.(map[string]any); ok && len(o) == 1 {
		for name, value := range o {
			if strings.HasPrefix(name, "on") && len(name) <= maxKey && clean(name) {
				return amf.Append(nil, name, amf.Of(value))
			}
		}
	}
	return amf.Append(nil, "onTextData", amf.Object{{Key: "type", Value: "Data"}, {Key: "payload", Value: amf.Of(v)}})
}

// tell tells players what is said of what they play, until ctx is done.
func (d *Door) tell(ctx context.Context) {
	const waiting = 256
	sub := d.opt.Bus.Subscribe(waiting, func(e event.Event) bool { return e.Name == event.StreamData })
	defer sub.Close()
	for {
		e, lost, err := sub.Next(ctx)
		if err != nil {
			return
		}
		if lost > 0 {
			d.opt.Log.Warn("data of streams did not reach their players", "lost", lost)
		}
		body, ok := e.Body.(event.Data)
		if !ok {
			continue
		}
		players := d.audience.of(body.Name)
		if len(players) == 0 {
			continue
		}
		if text := heard(body.Payload); text != nil {
			for _, p := range players {
				p.out.say(text)
			}
		}
	}
}
