package client

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"sync"
	"time"

	"sluice/api/websocket/reason"
	"sluice/api/websocket/socket"
	"sluice/api/websocket/wire"
	"sluice/engine/fault"
)

// session is one connection to a server, for one stream. Its methods are safe for concurrent use.
type session struct {
	t    *target
	id   string // of the stream there
	sock *socket.Socket

	known  chan struct{} // closed when the server knows us
	answer chan string   // holds one
	flows  chan struct{} // closed when the stream is said to flow
	done   chan struct{} // closed when nothing of the socket runs any more

	mu  sync.Mutex
	why error // why the server ends the stream, if it said so
}

// call connects, and returns when the server knows us.
func (t *target) call(ctx context.Context) (*session, error) {
	d := socket.Dialer{
		// Not every server sends the messages "ping", or answers ours, but each has to answer frames of that name.
		Options: socket.Options{Algorithm: socket.Internal, Every: 5 * time.Second, Probes: 2, Greet: t.timeout},
		Connect: t.dial, Timeout: t.timeout,
	}
	sock, status, err := d.Dial(ctx, t.url)
	if err != nil {
		return nil, t.failed(err, status)
	}
	s := &session{
		t: t, id: t.session(), sock: sock, known: make(chan struct{}), answer: make(chan string, 1), flows: make(chan struct{}),
		done: make(chan struct{}),
	}
	go func() {
		defer close(s.done)
		s.ended(sock.Run(s.hear))
	}()
	s.say("connection", map[string]any{
		"appKey": t.app, "mediaProviders": []string{"WebRTC"}, "clientVersion": "2.0", "clientOSVersion": "sluice",
		"clientBrowserVersion": "sluice", "custom": t.custom,
	})
	select {
	case <-s.known:
		return s, nil
	case <-s.done:
		return nil, s.err()
	case <-ctx.Done():
		s.close()
		return nil, t.slow(ctx.Err())
	}
}

// failed says why there is no connection.
func (t *target) failed(err error, status int) error {
	var f *fault.Fault
	switch {
	case errors.As(err, &f):
		return fault.New(f.Code, "", "%s: %s", t.host, f.Msg).Advise("%s", f.Hint)
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return fault.New(fault.Forbidden, "", "%s answers %d", t.host, status)
	case status != 0:
		return fault.New(fault.Unreachable, "", "%s answers %d, and no WebSocket", t.host, status)
	}
	return fault.New(fault.Unreachable, "", "%s cannot be reached", t.host).Because(err)
}

func (t *target) slow(err error) error {
	return fault.New(fault.StartTimeout, "", "%s does not answer in time", t.host).Because(err)
}

// say sends a message.
func (s *session) say(name string, args ...any) {
	if text, err := wire.Encode(name, args...); err == nil { // it is made of texts and numbers
		s.sock.Send(text)
	}
}

// offer begins the stream, and gives the server's answer to our offer. what is publishStream or playStream.
func (s *session) offer(ctx context.Context, what, sdp string) (string, error) {
	publishes := what == "publishStream"
	s.say(what, map[string]any{
		"mediaSessionId": s.id, "name": s.t.name, "published": publishes, "hasVideo": true, "hasAudio": true, "status": "PENDING",
		"record": false, "mediaProvider": "WebRTC", "sdp": sdp, "custom": s.t.custom, "transport": "UDP", "cvoExtension": true,
		"bitrate": 0, "minBitrate": 0, "maxBitrate": 0,
	})
	ctx, cancel := context.WithTimeout(ctx, s.t.timeout)
	defer cancel()
	select {
	case answer := <-s.answer:
		return answer, nil
	case <-s.done:
		return "", s.err()
	case <-ctx.Done():
		return "", s.t.slow(ctx.Err())
	}
}

// hear takes one message. Those that are not known say nothing to us.
func (s *session) hear(message []byte) {
	m, err := wire.Parse(message)
	if err != nil {
		s.end(fault.New(fault.ProtocolViolation, "", "%s does not speak the protocol", s.t.host).Because(err))
		return
	}
	switch m.Name {
	case "ping":
		s.say("pong")
	case "getUserData":
		s.sock.Greeted()
		closeOnce(s.known)
	case "setRemoteSDP":
		s.answered(m)
	case "notifyStreamStatusEvent", "notifyVideoFormat":
		var status told
		if m.Into(&status) == nil && string(status.ID) == s.id {
			s.status(status)
		}
	case "fail":
		s.fail(m)
	}
}

// told is what of a status, or of a failure, counts.
type told struct {
	ID     wire.Text `json:"mediaSessionId"`
	Stream wire.Text `json:"id"`        // of fail
	Method wire.Text `json:"apiMethod"` // likewise
	Status wire.Text `json:"status"`
	Info   wire.Text `json:"info"`
}

// answered takes [id, sdp, true].
func (s *session) answered(m wire.Message) {
	var id, sdp string
	if len(m.Args) < 2 || json.Unmarshal(m.Args[0], &id) != nil || json.Unmarshal(m.Args[1], &sdp) != nil || id != s.id {
		return
	}
	select {
	case s.answer <- sdp:
	default: // one is all there is
	}
}

// status takes how the stream is.
func (s *session) status(t told) {
	switch status := wire.Status(t.Status); {
	case status == wire.Playing || status == wire.Publishing:
		closeOnce(s.flows)
	case status.Final():
		s.end(s.t.refused(string(t.Info)))
	}
}

// fail takes what the server has against us. Before it knows us that is the end; later only if it is about the stream.
func (s *session) fail(m wire.Message) {
	var t told
	if m.Into(&t) != nil {
		return
	}
	select {
	case <-s.known:
		if t.Method == "StreamStatusEvent" && string(t.Stream) == s.id {
			s.status(t)
			return
		}
		s.t.env.Log.Warn("the server says that something is wrong", "info", short(string(t.Info)))
	default:
		s.end(fault.New(fault.Forbidden, "", "%s does not let us in: %q", s.t.host, short(string(t.Info))))
	}
}

// refused makes a fault of why a server ends a stream.
func (t *target) refused(info string) error {
	code := fault.Closed
	switch reason.Reason(info) {
	case reason.StreamNotFound, reason.RTSPNotFound, reason.FileNotFound:
		code = fault.StreamNotFound
	case reason.NameInUse, reason.IDInUse:
		code = fault.NameInUse
	case reason.Restricted:
		code = fault.Forbidden
	case reason.NoCommonCodecs, reason.TranscodingDisabled, reason.NoTranscoders:
		code = fault.CodecNotAvailable
	case reason.ICEError, reason.ICETimeout:
		code = fault.ICEFailed
	}
	return fault.New(code, "", "%s ends %q: %q", t.host, t.name, short(info))
}

// end ends the session for a reason, of which the first counts.
func (s *session) end(why error) {
	s.mu.Lock()
	if s.why == nil {
		s.why = why
	}
	s.mu.Unlock()
	s.sock.Close(normal)
}

// ended notes why the socket ended, if the server gave no reason before.
func (s *session) ended(why error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.why != nil {
		return
	}
	switch {
	case errors.Is(why, socket.ErrClosed):
		s.why = fault.New(fault.Closed, "", "%s closed the connection", s.t.host)
	case errors.Is(why, socket.ErrGreet):
		s.why = s.t.slow(nil)
	case errors.Is(why, socket.ErrSilent), errors.Is(why, socket.ErrSlow):
		s.why = fault.New(fault.Unreachable, "", "%s is not heard of any more", s.t.host)
	case errors.Is(why, socket.ErrTooLong), errors.Is(why, socket.ErrBinary):
		s.why = fault.New(fault.ProtocolViolation, "", "%s does not speak the protocol", s.t.host)
	default:
		s.why = fault.New(fault.Unreachable, "", "the connection to %s broke", s.t.host).Because(why)
	}
}

// err is why the session ended.
func (s *session) err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.why
}

// normal is the status code of who has no more to say (RFC 6455 7.4.1).
const normal = 1000

// stop ends the stream, by unPublishStream or stopStream, and the session.
func (s *session) stop(what string) {
	s.say(what, map[string]any{"mediaSessionId": s.id, "name": s.t.name, "published": what == "unPublishStream"})
	s.close()
}

// close ends the session, and returns when nothing of it runs.
func (s *session) close() {
	s.end(fault.New(fault.Closed, "", "we closed it"))
	<-s.done
}

// closeOnce closes a channel that only one goroutine closes.
func closeOnce(c chan struct{}) {
	select {
	case <-c:
	default:
		close(c)
	}
}

// short is what is shown of a text of the server's.
func short(text string) string {
	const most = 200
	return text[:min(len(text), most)]
}
