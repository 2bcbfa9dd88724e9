// Package leg is the media of one telephone call: its sockets, what is agreed on by descriptions, keys, and RTP both ways between the far
// end and the elements sip.in and sip.out. It converts nothing and knows no SIP: descriptions are given to it and taken from it.
package leg

import (
	"context"
	"log/slog"
	"net/netip"
	"time"

	"sluice/api/calls"
	"sluice/api/sip/ports"
	"sluice/api/sip/sdp"
	"sluice/engine/media"
)

// Options say what a leg may agree on.
type Options struct {
	ID     string       // of the call: it is in logs, and names our media (CNAME)
	Log    *slog.Logger // nil: logs nothing
	Ports  *ports.Pool
	Public netip.Addr // that descriptions tell; the zero Addr is what the pool binds

	Audio, Video bool
	Codecs       []media.Codec // that may be used; nil is all of Codecs
	Prefer       []media.Codec // those of the other side of the call, best first

	// Security is that of our offers. Answers take what is offered, and keys under RTP/AVP unless it is sdp.Plain.
	Security sdp.Security
	Require  bool // far ends without SRTP are refused

	// Peer is where the far end signals from. Its media may come from there, and from where its description says.
	Peer netip.Addr
	// Elsewhere says that descriptions may send media to any public host; without it only to Peer and what is Allowed.
	Elsewhere bool
	// Allowed tells of further addresses that media may go to and come from; nil: there are none.
	Allowed func(netip.Addr) bool

	// Silence is how long nothing may come until Watcher.Silent is told; 0: for ever. It counts from Leg.Answered on, and not while either
	// side holds the other.
	Silence time.Duration
	// InBand has keys found in the sound, of G.711, if no events were agreed on.
	InBand bool
	// Lines are attributes to add to our descriptions, without "a=".
	Lines []string
	Watch Watcher
}

// Watcher hears of a leg. Its methods are called one after the other and must neither wait nor close the leg.
type Watcher interface {
	// Key tells of a key that the far end pressed.
	Key(digit string)
	// Silent tells once that nothing came for Options.Silence. The leg goes on.
	Silent(d time.Duration)
	// Left tells that the last element of a graph that had the leg has stopped; nil if nothing was wrong. Another graph may have it then.
	Left(err error)
	// Renewed tells that a new description has changed which codecs come: the graph that has the leg has to be begun anew.
	Renewed()
	// Broken tells why media cannot come: keys could not be agreed on.
	Broken(err error)
}

// Control is what elements ask of the call that the leg is of.
type Control interface {
	// Press presses keys by signalling.
	Press(ctx context.Context, digits string, how calls.Keys) error
	Hold(ctx context.Context, held bool) error
	Transfer(ctx context.Context, target string) error
	// Picture asks the far end for a key picture by signalling (RFC 5168), for one that takes no RTCP feedback. It must not wait.
	Picture()
}

// Codecs are all that a leg can carry, in the order in which they are offered.
func Codecs() []media.Codec {
	return []media.Codec{
		media.Opus, media.G722, media.Speex, media.PCMU, media.PCMA, media.G729,
		media.H264, media.VP8, media.H265,
	}
}

// ordered are the codecs of a kind that may be used, preferred ones first.
func (o *Options) ordered(kind media.Kind) []media.Codec {
	allowed := o.Codecs
	if allowed == nil {
		allowed = Codecs()
	}
	var out []media.Codec
	for _, list := range [][]media.Codec{common(o.Prefer, allowed), allowed} {
		for _, c := range list {
			if c.Kind() == kind && !has(out, c) {
				out = append(out, c)
			}
		}
	}
	return out
}

func common(a, b []media.Codec) []media.Codec {
	var out []media.Codec
	for _, c := range a {
		if has(b, c) {
			out = append(out, c)
		}
	}
	return out
}

func has(list []media.Codec, c media.Codec) bool {
	for _, o := range list {
		if o == c {
			return true
		}
	}
	return false
}
