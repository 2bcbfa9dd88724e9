package frame

import (
	"encoding/binary"
	"io"
	"sync"
	"time"

	"sluice/engine/fault"
)

// controlQueue is how many frames of the largest size may wait in the control lane. The media lane needs no such
// bound: credit is one.
const controlQueue = 2

// Writer puts frames on a stream. The methods named after kinds only queue a frame, and copy it while doing so; Send
// sends. Units queued between two calls of Send leave in one Write, or in batches of 64 KiB if they are more. All
// methods may be called from any goroutine; only Send blocks, as long as dst does.
type Writer struct {
	dst    io.Writer
	limits Limits

	mu      sync.Mutex
	control lane
	media   lane
	rest    []byte // of what Try could not send whole
	sending bool   // somebody is in Send
	err     error  // of dst, for ever
	credit  ledger
}

// NewWriter makes a Writer. It does not close dst.
func NewWriter(dst io.Writer, limits Limits) *Writer {
	limits = limits.orDefault()
	return &Writer{dst: dst, limits: limits, credit: ledger{window: int64(limits.Window)}}
}

// Message queues a message of one of the kinds that are messages. It fails with fault.InvalidRequest if the message
// is too large, and with fault.Overloaded if the peer has stopped reading and too much control is waiting.
func (w *Writer) Message(m Message) error {
	n := messageHead + len(m.JSON) + len(m.Blob)
	if !m.Kind.Message() || m.Instance >= MaxTracks || n > w.limits.Frame {
		return noMessage(m, n)
	}
	return w.queueControl(HeaderSize+n, func(b []byte) []byte { return m.append(b) })
}

// Behind queues a message that must not overtake media that was queued before it: an end, or an answer to one. It
// fails as Message does.
func (w *Writer) Behind(m Message) error {
	n := messageHead + len(m.JSON) + len(m.Blob)
	if !m.Kind.Message() || m.Instance >= MaxTracks || n > w.limits.Frame {
		return noMessage(m, n)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err != nil {
		return w.err
	}
	w.media.waiting = m.append(w.media.waiting)
	return nil
}

// Heartbeat queues a sign of life: with the asking end's clock, or, in answer, with the clock that came.
func (w *Writer) Heartbeat(clock time.Duration) error {
	return w.queueControl(HeaderSize+8, func(b []byte) []byte {
		return finish(binary.BigEndian.AppendUint64(begin(b, Heartbeat, 0, 0), uint64(clock)), len(b))
	})
}

// Key queues a request for a key frame of a track that the peer sends.
func (w *Writer) Key(track uint16) error {
	if track >= MaxTracks {
		return noTrack(track)
	}
	return w.queueControl(HeaderSize, func(b []byte) []byte { return finish(begin(b, Key, 0, track), len(b)) })
}

// Credit queues the permission to send n more bytes on a track. Call Reader.Grant first.
func (w *Writer) Credit(track uint16, n int) error {
	if track >= MaxTracks || n <= 0 || int64(n) > int64(w.limits.Window)+int64(w.limits.Frame)+HeaderSize {
		return fault.New(fault.InvalidRequest, "", "%d bytes of credit for track %d cannot be sent", n, track)
	}
	return w.queueControl(HeaderSize+4, func(b []byte) []byte {
		return finish(binary.BigEndian.AppendUint32(begin(b, Credit, 0, track), uint32(n)), len(b))
	})
}

// Granted takes note of a Credit frame from the peer. More than it may grant is a fault.ProtocolViolation.
func (w *Writer) Granted(track uint16, n int) error { return w.credit.grant(track, n) }

// Unit queues an access unit. It returns false, and queues nothing, if the track has no credit: the caller drops, by
// the hub's rules.
func (w *Writer) Unit(track uint16, u *Unit) (bool, error) {
	n, err := u.size(w.limits.Frame)
	if err != nil {
		return false, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if ok, err := w.pay(track, HeaderSize+n); !ok || err != nil {
		return false, err
	}
	w.media.waiting = u.append(w.media.waiting, track)
	return true, nil
}

// Gap queues a gap. Like Unit it needs credit.
func (w *Writer) Gap(track uint16, s Silence) (bool, error) {
	if s.Duration < 0 {
		return false, fault.New(fault.InvalidRequest, "", "a gap of %s", s.Duration)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if ok, err := w.pay(track, HeaderSize+gapSize); !ok || err != nil {
		return false, err
	}
	start := len(w.media.waiting)
	b := binary.BigEndian.AppendUint64(begin(w.media.waiting, Gap, 0, track), uint64(s.PTS))
	w.media.waiting = finish(binary.BigEndian.AppendUint64(b, uint64(s.Duration)), start)
	return true, nil
}

// Open queues the word that a track belongs to a bridge of an instance, until its EOS. It comes before anything else
// on the track. The bridge's name has at most 1 KiB.
func (w *Writer) Open(track, instance uint16, bridge string) error {
	if instance >= MaxTracks || bridge == "" || len(bridge) > maxName {
		return fault.New(fault.InvalidRequest, "", "no track for bridge %.40q of instance %d", bridge, instance)
	}
	return w.queueMedia(Open, track, append(binary.BigEndian.AppendUint16(nil, instance), bridge...))
}

// Codec queues a description of what follows on the track, of at most 64 KiB.
func (w *Writer) Codec(track uint16, description []byte) error {
	if len(description) > maxCodec {
		return fault.New(fault.InvalidRequest, "", "a codec's description of %d bytes", len(description))
	}
	return w.queueMedia(Codec, track, description)
}

// Flush queues the order to forget what the peer still holds of the track.
func (w *Writer) Flush(track uint16) error { return w.queueMedia(Flush, track, nil) }

// EOS queues the end of the track.
func (w *Writer) EOS(track uint16) error { return w.queueMedia(EOS, track, nil) }

// pay takes the cost off the track's credit.
func (w *Writer) pay(track uint16, cost int) (bool, error) {
	if track >= MaxTracks {
		return false, noTrack(track)
	}
	if w.err != nil {
		return false, w.err
	}
	return w.credit.spend(track, cost), nil
}

// queueMedia queues a frame that needs no credit.
func (w *Writer) queueMedia(kind Kind, track uint16, payload []byte) error {
	if track >= MaxTracks {
		return noTrack(track)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err != nil {
		return w.err
	}
	start := len(w.media.waiting)
	w.media.waiting = finish(append(begin(w.media.waiting, kind, 0, track), payload...), start)
	return nil
}

// queueControl queues a frame of n bytes that write appends.
func (w *Writer) queueControl(n int, write func([]byte) []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err != nil {
		return w.err
	}
	if most := controlQueue * w.limits.Frame; len(w.control.waiting)+n > most {
		return fault.New(fault.Overloaded, "", "more than %d bytes of control wait for a worker that does not read", most)
	}
	w.control.waiting = write(w.control.waiting)
	return nil
}

func noMessage(m Message, n int) error {
	return fault.New(fault.InvalidRequest, "", "a %s of %d bytes for instance %d cannot be sent", m.Kind, n, m.Instance)
}

func noTrack(track uint16) error {
	return fault.New(fault.InvalidRequest, "", "there is no track %d, only %d", track, MaxTracks)
}
