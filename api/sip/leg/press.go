package leg

import (
	"context"
	"encoding/binary"
	"strings"
	"time"

	"sluice/api/sip/sdp"
	"sluice/elements/webrtc/send"
	"sluice/engine/fault"
	"sluice/engine/media"
)

// keyNames are the keys in the order of their events (RFC 4733 3.2).
const keyNames = "0123456789*#ABCD"

const (
	// updates is how often a key that is held is told of (RFC 4733 2.5.1.2).
	updates = 50 * time.Millisecond
	// pause is between keys; exchanges want 40 ms at least.
	pause = 80 * time.Millisecond
	// endings is how often the end is told (RFC 4733 2.5.1.4).
	endings = 3
	// loudness is that of the tones that are made of it, in dBm0 below nothing.
	loudness = 10
	// Lengths of a key.
	shortest, longest = 40 * time.Millisecond, 2 * time.Second
)

// Presses tells whether keys can be pressed by RTP events.
func (l *Leg) Presses() bool {
	a := l.sound()
	if a == nil {
		return false
	}
	w := a.way.Load() // there may be none any more: a new offer refused the sound
	return w != nil && w.eventOut != nil
}

// Press presses keys by RTP events (RFC 4733), each for a length, and returns when the last one is released. Presses at the same time come
// one after the other. Without events in common it is fault.CodecNotAvailable, and for anything but keys fault.InvalidParams.
func (l *Leg) Press(ctx context.Context, digits string, length time.Duration) error {
	digits = strings.ToUpper(digits)
	for _, r := range digits {
		if !strings.ContainsRune(keyNames, r) {
			return fault.New(fault.InvalidParams, "sip", "%q is no key", string(r)).Advise("0 to 9, A to D, * and #")
		}
	}
	a := l.sound()
	if !l.Presses() {
		return fault.New(fault.CodecNotAvailable, "sip", "the far end takes no keys as RTP events").Advise("press them by SIP INFO")
	}
	select {
	case l.finger <- struct{}{}:
		defer func() { <-l.finger }()
	case <-ctx.Done():
		return ctx.Err()
	case <-l.ctx.Done():
		return fault.New(fault.Closed, "sip", "the call has ended")
	}
	a.pressed.Store(true)
	defer a.pressed.Store(false)
	for _, r := range digits {
		if err := a.press(ctx, byte(strings.IndexRune(keyNames, r)), min(max(length, shortest), longest)); err != nil {
			return err
		}
	}
	return nil
}

// press presses one key, and waits the pause after it.
func (a *lane) press(ctx context.Context, key byte, length time.Duration) error {
	w := a.way.Load()
	if w == nil || w.eventOut == nil {
		return fault.New(fault.CodecNotAvailable, "sip", "the far end takes no keys any more")
	}
	e := *w.eventOut
	length = min(length, 0xffff*time.Second/time.Duration(e.Rate)) // what the field holds
	at := a.sender.Clock(media.Audio, w.codec.Rate)
	began := time.Now()
	for told := updates; told < length; told += updates {
		if err := a.until(ctx, began.Add(told)); err != nil {
			return err
		}
		a.event(e, at, key, told, told == updates, false)
	}
	if err := a.until(ctx, began.Add(length)); err != nil {
		return err
	}
	for range endings {
		a.event(e, at, key, length, length <= updates, true)
	}
	return a.until(ctx, began.Add(length+pause))
}

func (a *lane) event(e sdp.Event, at uint32, key byte, held time.Duration, first, end bool) {
	data := []byte{key, loudness, 0, 0}
	if end {
		data[1] |= 0x80
	}
	binary.BigEndian.PutUint16(data[2:], uint16(held*time.Duration(e.Rate)/time.Second))
	a.sender.Insert(media.Audio, send.Own{Payload: e.Payload, Marker: first, Timestamp: at, Data: data})
}

// until waits for a moment.
func (a *lane) until(ctx context.Context, at time.Time) error {
	timer := time.NewTimer(time.Until(at))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-a.stop:
		return fault.New(fault.Closed, "sip", "the call has ended")
	}
}
