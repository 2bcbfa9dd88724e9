package session

import (
	"context"
	"errors"
	"testing"
	"time"

	"sluice/api/rtmp/chunk"
	"sluice/engine/enginetest"
	"sluice/engine/fault"
)

// soon is why the server ended, which it did without being told to.
func (r *raw) soon() error {
	select {
	case err := <-r.done:
		r.done <- err
		return err
	case <-time.After(patience):
		return errors.New("it has not ended")
	}
}

// TestBigMessagesAreForPublishers: who plays, or has not said what it wants, cannot have us hold as much as who may publish.
func TestBigMessagesAreForPublishers(t *testing.T) {
	big := func(r *raw) { // a message of video that is not whole yet
		head := []byte{5, 0, 0, 0, 0x40, 0, 0, chunk.Video, 1, 0, 0, 0} // 4 MiB
		if _, err := r.conn.Write(append(head, make([]byte, 128)...)); err != nil {
			t.Fatal(err)
		}
	}
	for name, before := range map[string]func(r *raw){
		"a client that has not connected": func(*raw) {},
		"a player": func(r *raw) {
			r.connect()
			r.call(1, "play", 0, nil, "cam")
			r.expect("onStatus", 0, "NetStream.Play.Reset")
		},
	} {
		r := meet(t, Options{})
		before(r)
		big(r)
		if err := r.soon(); fault.CodeOf(err) != fault.ProtocolViolation {
			t.Errorf("%s: %v", name, err)
		}
	}
	r := meet(t, Options{})
	r.connect()
	r.call(1, "publish", 0, nil, "cam")
	r.expect("onStatus", 0, "NetStream.Publish.Start")
	big(r)
	r.send(chunk.Message{Type: chunk.UserControl, Body: []byte{0, pingRequest, 0, 0, 0, 9}})
	if m := r.message(chunk.UserControl); m.Body[1] != pingResponse || m.Body[5] != 9 {
		t.Errorf("the publisher is not heard any more: %v", m.Body)
	}
}

// late is a handler that takes its time to accept a publisher, or to refuse him.
type late struct {
	decide chan bool
	came   chan chunk.Message
}

// Stream implements Handler.
func (l *late) Stream(ctx context.Context, s *Stream) {
	if !<-l.decide {
		s.Refuse(fault.New(fault.NameInUse, "", "taken"))
		return
	}
	s.Input(func(m *chunk.Message, _ time.Time) { l.came <- *m })
	s.Accept()
	<-ctx.Done()
}

// TestWhatComesRightBehindPublish: who does not wait for the answer loses nothing, and no headers above all.
func TestWhatComesRightBehindPublish(t *testing.T) {
	l := &late{decide: make(chan bool), came: make(chan chunk.Message, 10)}
	r := beginAt(t, Options{}, l).shake()
	r.connect()
	r.call(1, "publish", 0, nil, "cam")
	for i := range 3 {
		r.send(chunk.Message{Type: chunk.Video, Stream: 1, Body: []byte{0x17, byte(i)}})
	}
	l.decide <- true
	for i := range 3 {
		if m := enginetest.Await(t, "what comes", l.came); m.Body[1] != byte(i) {
			t.Errorf("message %d is %v", i, m.Body)
		}
	}
	l = &late{decide: make(chan bool)}
	r = beginAt(t, Options{}, l).shake()
	r.connect()
	r.call(1, "publish", 0, nil, "cam")
	r.send(chunk.Message{Type: chunk.Video, Stream: 1, Body: []byte{0x17}})
	r.call(0, "getStreamLength", 5, nil)
	l.decide <- false
	r.expect("onStatus", 0, "NetStream.Publish.BadName")
	r.expect("_result", 5, "") // it is heard again
}

// brief is a handler that accepts a publisher, and has had enough as soon as it is told so.
type brief struct {
	enough chan struct{}
	came   chan struct{}
}

// Stream implements Handler.
func (b *brief) Stream(_ context.Context, s *Stream) {
	s.Input(func(*chunk.Message, time.Time) { b.came <- struct{}{} })
	s.Accept()
	<-b.enough
}

// TestWhoeverWasSentAwayIsNotHeard: a publisher whose stream was ended, and who goes on sending, is not kept for that.
func TestWhoeverWasSentAwayIsNotHeard(t *testing.T) {
	b := &brief{enough: make(chan struct{}), came: make(chan struct{}, 1)}
	opt := Options{Handshake: 1500 * time.Millisecond, Idle: time.Hour} // media would put the end off after a second
	r := beginAt(t, opt, b).shake()
	r.connect()
	r.call(1, "publish", 0, nil, "cam")
	r.expect("onStatus", 0, "NetStream.Publish.Start")
	video := chunk.Append(nil, onVideo, &chunk.Message{Type: chunk.Video, Stream: 1, Body: []byte{0x27}}, 128)
	if _, err := r.conn.Write(video); err != nil {
		t.Fatal(err)
	}
	enginetest.Await(t, "what comes", b.came)
	close(b.enough)
	go func() {
		for { // until the server hangs up
			if _, err := r.conn.Write(video); err != nil {
				return
			}
			select {
			case <-b.came: // the last one before it ended
			case <-time.After(time.Millisecond):
			}
		}
	}()
	if err := r.soon(); fault.CodeOf(err) != fault.Stalled {
		t.Errorf("%v", err)
	}
}
