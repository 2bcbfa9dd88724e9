// Package sip describes telephone calls to graphs: the elements for the two directions of a call's media, and the event of a
// call that comes in.
package sip

import (
	"time"

	"sluice/elements/ports"
	"sluice/engine/element"
	"sluice/engine/media"
	"sluice/engine/value"
)

// Elements lists what this package describes.
func Elements() []element.Declared { return []element.Declared{In{}, Out{}} }

// In gives what the phone sends.
type In struct{}

// Out sends to the phone.
type Out struct{}

// audio begins with G.711, which every phone and trunk has.
func audio() []media.Codec {
	return []media.Codec{media.PCMU, media.PCMA, media.G722, media.G729, media.Speex, media.Opus}
}

func video() []media.Codec { return []media.Codec{media.H264, media.VP8, media.H265} }

// Spec describes sip.in.
func (In) Spec() element.Spec {
	return element.Spec{
		Name:   "sip.in",
		About:  "Gives the sound and pictures that a phone sends in a call.",
		Domain: element.Go, Status: element.Beta, Klass: "Source/Network/SIP",
		Ports: ports.Gives(audio(), video()),
		Fields: []element.Field{
			ports.Session(),
			element.Span("jitter", 0, 500*time.Millisecond).Or(60 * time.Millisecond).
				Says("How late RTP from the phone may come and still be heard where it is converted or recorded."),
		},
		Sessions: []string{"phone"},
		Examples: []string{"sip.in", "sip.in session=$phone jitter=100ms"},
	}
}

// Spec describes sip.out.
func (Out) Spec() element.Spec {
	return element.Spec{
		Name:   "sip.out",
		About:  "Sends sound and pictures to a phone in a call.",
		Domain: element.Go, Status: element.Beta, Klass: "Sink/Network/SIP",
		Ports: ports.InOrder(ports.Takes(audio(), video())),
		Fields: []element.Field{
			ports.Session(),
			element.Choice("dtmf", "rfc4733", "info", "off").Or("rfc4733").
				Says("How keys reach the phone: as RTP events, as SIP INFO, or not at all."),
			element.Span("ptime", 10*time.Millisecond, 60*time.Millisecond).Or(20 * time.Millisecond).Says("Length of the sound in one packet."),
		},
		Sessions: []string{"phone"},
		Actions: []element.Action{
			{Name: "dtmf", About: "Presses keys.", Args: []element.Field{
				digits(), element.Span("length", 40*time.Millisecond, 2*time.Second).Or(160 * time.Millisecond).Says("How long each key is held."),
			}},
			{Name: "hold", About: "Puts the call on hold, or takes it back.", Args: []element.Field{
				element.Setting("held", value.Bool).Or(true).Says("Whether it is on hold."),
			}},
			{Name: "transfer", About: "Sends the phone to somebody else and ends this call.", Args: []element.Field{
				element.Setting("target", value.String).Must().Says("Whom to call instead: a user or a SIP address."),
			}},
		},
		Examples: []string{"sip.out", "sip.out session=$phone dtmf=info"},
	}
}

func digits() element.Field {
	f := element.Setting("digits", value.String).Must().Says("Keys to press, in order.")
	f.Constraint.Pattern = "[0-9A-D*#]{1,64}"
	return f
}

// Triggers lists the events that this door raises.
func Triggers() []element.Trigger {
	return []element.Trigger{{
		Event:    "sip.invite",
		About:    "A call comes in; the path is the user who is called.",
		Path:     true,
		Sessions: []string{"phone", "browser"}, // the browser if it is where the user is logged in, once it answers
		Vars: []element.Var{
			{Name: "from", Type: value.String, About: "Who calls."},
			{Name: "to", Type: value.String, About: "Who is called, as the call says."},
			{Name: "headers", Type: value.Map, About: "Headers of the call that SIP leaves to its users (X-…)."},
			{Name: "account", Type: value.String, About: "Name of the account on which the call came in; browser if a page has answered it."},
			{Name: "host", Type: value.String, About: "Domain that was called."},
		},
	}}
}
