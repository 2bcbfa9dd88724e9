package leg

import (
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtp"

	"sluice/api/sip/dtmf"
	"sluice/api/sip/ports"
	"sluice/api/sip/sdp"
	"sluice/elements/webrtc/receive"
	"sluice/elements/webrtc/send"
	"sluice/engine/media"
)

// lane is one m-line: a pair of ports, and RTP both ways. It lasts as long as the leg, so the numbers of what it sends go on whatever is
// agreed on meanwhile: a far end with SRTP takes numbers that went back for a replay.
type lane struct {
	leg    *Leg
	kind   media.Kind
	pair   *ports.Pair
	ssrc   uint32
	sender *send.Sender
	stop   chan struct{}
	ptime  time.Duration // that we told of first

	way      atomic.Pointer[way]
	receiver atomic.Pointer[receive.Receiver]
	counting sync.Mutex     // of who replaces receiver, or counts
	earlier  receive.Counts // of those that were replaced
	media    latch          // where RTP
	control  latch          // and RTCP go
	came     atomic.Int64   // when something came last, in nanoseconds since 1970
	went     atomic.Int64   // when the graph's media was sent last
	silent   atomic.Bool    // that nothing comes was told
	foreign  atomic.Uint64  // datagrams that were not the far end's

	source    atomic.Pointer[output]
	fed       atomic.Pointer[feeder]
	preferred atomic.Int64 // length of a packet that the graph wants, in nanoseconds

	writing sync.Mutex // guards buf and header
	buf     []byte
	header  rtp.Header

	shaping sync.Mutex // guards shaper and begun
	shaper  *shaper
	begun   []media.Track
	pressed atomic.Bool // keys are being sent instead of sound

	keyed   keyed // what comes; of the reader of RTP
	tones   *dtmf.Detector
	filling filling
	beside  uint16       // packets beside the media so far
	asked   atomic.Int64 // when a key picture was asked for by signalling
}

func newLane(l *Leg, kind media.Kind, pair *ports.Pair) *lane {
	a := &lane{leg: l, kind: kind, pair: pair, ssrc: random(), stop: make(chan struct{}), buf: make([]byte, 1500)}
	trusted := func(at netip.Addr) bool { return at == l.opt.Peer || l.opt.Allowed != nil && l.opt.Allowed(at) }
	a.media.trusted, a.control.trusted = trusted, trusted
	a.sender = send.New(send.Options{
		Tracks:  []send.Track{{Kind: kind, SSRC: a.ssrc, Write: a, Payload: a.payload}},
		Control: control{a}, CNAME: l.opt.ID, RequestKey: a.pictureWanted,
	})
	return a
}

// payload is the payload type for a track of the hub; false if it is not what was agreed on.
func (a *lane) payload(t media.Track) (send.Payload, bool) {
	w := a.way.Load()
	if w == nil || t.Codec != w.codec.Codec || t.ClockRate != w.codec.Rate {
		return send.Payload{}, false
	}
	return send.Payload{Type: w.codec.Payload}, true
}

// use has a way hold from now on, nil being none, with the same far end or another one; it tells whether another codec comes than before.
// The caller holds the leg's lock.
func (a *lane) use(w *way, another bool) (renewed bool) {
	old := a.way.Load()
	if w == nil {
		a.way.Store(nil)
		return old != nil
	}
	if another {
		a.media.forget()
		a.control.forget()
	} else {
		w.inherit(old)
	}
	same := old != nil && old.in == w.in && old.codec.Same(&w.codec)
	if !same {
		a.receive(receive.New([]receive.Track{{
			Kind: a.kind, Payload: w.in, Rate: w.codec.Rate, Beside: w.besides(),
			NACK: w.codec.Has("nack"), FIR: w.codec.Has("ccm fir") && !w.codec.Has("nack pli"),
		}}, receive.Options{SSRC: a.ssrc}, a))
	}
	a.media.tell(w.said, w.told)
	a.control.tell(w.saidControl(), w.control)
	a.came.Store(time.Now().UnixNano())
	a.silent.Store(false)
	a.way.Store(w)
	if old == nil || old.codec.Payload != w.codec.Payload || !same {
		a.begin(nil)
	}
	a.follow(w)
	return old == nil || !old.codec.Same(&w.codec)
}

// besides are the payload types of what is no media.
func (w *way) besides() []uint8 {
	out := w.noise
	if w.eventIn != nil {
		out = append(out[:len(out):len(out)], w.eventIn.Payload)
	}
	return out
}

// sends tells whether media may go to the far end now.
func (w *way) sends() bool { return w.flow.Sends() && w.heard }

// silence is how long nothing has come, if something ought to; false if not.
func (a *lane) silence(now time.Time) (time.Duration, bool) {
	w := a.way.Load()
	if w == nil || w.flow != sdp.SendRecv && w.flow != sdp.RecvOnly || !w.heard {
		return 0, false
	}
	return now.Sub(time.Unix(0, a.came.Load())), true
}

// close ends what the lane runs.
func (a *lane) close() {
	close(a.stop)
	a.pair.Close()
}
