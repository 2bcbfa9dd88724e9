package websocket

import (
	"context"
	"errors"
	"testing"

	"sluice/engine/enginetest"
)

// recorder records nothing, but says it has.
type recorder struct {
	err   error // why it does not begin
	worse error // why it does not end well
	begun chan Recorded
	ended chan struct{}
}

func (r *recorder) record(_ context.Context, p Recorded) (func(context.Context) (string, error), error) {
	r.begun <- p
	if r.err != nil {
		return nil, r.err
	}
	return func(context.Context) (string, error) {
		close(r.ended)
		return p.Stream + ".webm", r.worse
	}, nil
}

const publishRecorded = `{"message":"publishStream","data":[{"mediaSessionId":"P","name":"cam","sdp":"offer-P","hasAudio":true,"hasVideo":true,"record":true}]}`

func TestRecordsWhoWantsIt(t *testing.T) {
	r := &recorder{begun: make(chan Recorded, 1), ended: make(chan struct{})}
	k := newKit(t, Options{Record: r.record})
	c := k.connect(`{}`)
	c.publish("Q", "other")
	c.begins("Q", "PUBLISHING")
	c.say(publishRecorded)
	c.hears(`"setRemoteSDP"`)
	k.peer("offer-P").Flow()
	c.hears(`"PUBLISHING"`, `"record":true`)
	if p := enginetest.Await(t, "the beginning", r.begun); p.Stream != "cam" || p.MediaSessionID != "P" || p.Session == "" {
		t.Errorf("%+v", p)
	}
	c.say(`{"message":"unPublishStream","data":[{"mediaSessionId":"P","name":"cam"}]}`)
	c.hears(`"UNPUBLISHED"`, `"recordName":"cam.webm"`, `"record":true`)
	enginetest.Await(t, "the end", r.ended)
	if len(r.begun) > 0 {
		t.Error("what nobody asked for was recorded")
	}
}

// TestRecordingFails: the stream goes on, and the page is warned.
func TestRecordingFails(t *testing.T) {
	bad := errors.New("the disk is full")
	failing := &recorder{err: bad, begun: make(chan Recorded, 1)}
	ending := &recorder{worse: bad, begun: make(chan Recorded, 1), ended: make(chan struct{})}
	for name, c := range map[string]struct {
		record func(context.Context, Recorded) (func(context.Context) (string, error), error)
		early  bool // it is known at once
		is     string
		file   string
	}{
		"none":    {nil, true, `"record":false`, `"status":"UNPUBLISHED"`},
		"start":   {failing.record, true, `"record":true`, `"status":"UNPUBLISHED"`},
		"the end": {ending.record, false, `"record":true`, `"recordName":"cam.webm"`},
	} {
		t.Run(name, func(t *testing.T) {
			k := newKit(t, Options{Record: c.record})
			p := k.connect(`{}`)
			p.say(publishRecorded)
			p.hears(`"setRemoteSDP"`)
			k.peer("offer-P").Flow()
			p.hears(`"PUBLISHING"`, c.is)
			warning := []string{`"fail"`, `"apiMethod":"publishStream"`, `"id":"P"`, "not recorded"}
			if c.early {
				p.hears(warning...)
			}
			p.say(`{"message":"unPublishStream","data":[{"mediaSessionId":"P","name":"cam"}]}`)
			if !c.early {
				p.hears(warning...)
			}
			p.hears(`"UNPUBLISHED"`, c.file)
		})
	}
}
