// Package calls is what doors share of telephone calls: lines, on which users are reached and call, the calls themselves, and what is told
// of them. api/sip has the lines; pages (api/websocket) and the REST API use them. It opens no port and knows no protocol.
package calls

import (
	"context"
	"time"
)

// Account is who a line is for. Its password is never logged, told or stored.
type Account struct {
	Login    string // the user at the domain
	AuthName string // the user name that is authenticated; "" is Login
	Password string
	Domain   string // the part of the address behind the @, and, without a proxy, the host of the registrar
	Outbound string // host[:port] or SIP address through which everything goes; "" is none
	Proxy    string // host[:port] of the registrar, if it is not the domain; "" is the domain
	Port     int    // of the registrar; 0 is the transport's own
	Display  string // the name that is shown to who is called
	Register bool   // whether the line is to be reached; without, it only calls
	App      string // application of who opened it; "" if there is none
	Asserted bool   // whether who calls is who P-Asserted-Identity says (RFC 3325), because its far end is trusted to know; else From says it
}

// Lines opens lines. Safe for concurrent use.
type Lines interface {
	// Open makes a line and, if the account says so, registers it in the background; owner hears how that goes. The error is a
	// fault: forbidden for an account that may not be used here, overloaded if there are too many.
	Open(ctx context.Context, account Account, owner Owner) (Line, error)
}

// Owner is who a line was opened for. Its methods are called one after the other and must not wait.
type Owner interface {
	// Registration tells how the line is registered now.
	Registration(Registration)
	// Incoming tells of a call that comes in. The call rings at the far end from when the owner says so with Ring. The watcher that it
	// returns hears of the call from then on; nil refuses the call (480).
	Incoming(Call) Watcher
	// Message tells of a text (SIP MESSAGE).
	Message(from, contentType, body string)
}

// Registration is how a line is registered.
type Registration struct {
	State  RegistrationState
	Code   int    // SIP status of the last answer; 0 if none came
	Reason string // its words, or why there was none
	Until  time.Time
}

// RegistrationState is one of the following.
type RegistrationState string

// States of registrations.
const (
	Registering  RegistrationState = "REGISTERING"
	Registered   RegistrationState = "REGISTERED"
	Unregistered RegistrationState = "UNREGISTERED"
	// RegistrationFailed is final if the password is wrong; else it is tried again.
	RegistrationFailed RegistrationState = "FAILED"
)

// Line is an account that is in use. Safe for concurrent use.
type Line interface {
	// Account is who it is for, without the password.
	Account() Account
	Registration() Registration
	// Call calls somebody. The watcher hears of it, beginning with Trying; the error is for what cannot be tried.
	Call(ctx context.Context, out Outgoing, watcher Watcher) (Call, error)
	// Calls are those that are under way.
	Calls() []Call
	// Message sends a text, and returns what was answered to it as an error if that is not a 2xx.
	Message(ctx context.Context, to, contentType, body string) error
	// Subscribe asks to be told of a user, or, if to is "", of the line itself: event is one of those that are listed below. heard is told
	// in turn, until the subscription is closed, and must not wait. The error is a fault, for what cannot be tried.
	Subscribe(ctx context.Context, to string, event Event, expires time.Duration, heard func(Notice)) (Subscription, error)
	// Hand gives the line to another owner, as a page that came back is. Calls that wait for an answer are told to it again.
	Hand(owner Owner)
	// Close hangs up, unregisters, and returns when that is done, or ctx is.
	Close(ctx context.Context) error
}

// Outgoing is a call that is to be made.
type Outgoing struct {
	ID      string // its name here, which must be free; "" makes one
	To      string // a user at the line's domain, or a SIP address
	Display string // the name that is shown; "" is the account's
	Audio   bool
	Video   bool
	// Prefer are the codecs that the other side of the call has, best first, so that nothing needs to be converted if the phone has one.
	Prefer  []string
	Headers map[string]string // of the INVITE, that are left to users (X-…, and those of custom)
	SDP     []string          // lines to add to our description (sipSDP of pages)
}

// Call is one call, of either direction. Safe for concurrent use. What is asked of a call that has ended fails with a fault (not_found).
type Call interface {
	ID() string
	// About tells how it is.
	About() About
	// Media is the session "phone" of graphs; nil before anything is agreed on.
	Media() any
	// Ring tells who calls that it rings here (180), or, if early is set, gives what is heard meanwhile (183).
	Ring(early bool) error
	// Answer takes a call that came in, with the codecs that the other side has, best first. Media is there when it returns.
	Answer(ctx context.Context, prefer []string) error
	// Hangup ends the call: it cancels, refuses (code, 0 being 603) or says goodbye, as is right at that moment.
	Hangup(ctx context.Context, code int) error
	// Hold puts the far end on hold, or takes it back.
	Hold(ctx context.Context, held bool) error
	// Transfer sends the far end to somebody else (REFER); how that goes, the watcher hears.
	Transfer(ctx context.Context, target string) error
	// Attend joins the far ends of this call and of another one of the same line (REFER with Replaces).
	Attend(ctx context.Context, other Call) error
	// Press presses keys: 0-9, A-D, * and #.
	Press(ctx context.Context, digits string, how Keys) error
}

// Keys is how keys are told.
type Keys string

// Ways to tell keys. Automatic is as an RTP event if that was agreed on, else by INFO.
const (
	Automatic Keys = ""
	RTPEvents Keys = "RFC2833"
	Info      Keys = "INFO"       // application/dtmf
	InfoRelay Keys = "INFO_RELAY" // application/dtmf-relay
)

// Watcher hears of a call. Its methods are called one after the other and must not wait.
type Watcher interface {
	// Status tells of a change; after an Ended one nothing comes.
	Status(About)
	// Transferred tells how a transfer goes: a SIP status, 100 to 699, final from 200 on.
	Transferred(code int, reason string)
	// Key tells of a key that the far end pressed.
	Key(digit string)
}

// About tells of a call.
type About struct {
	ID       string
	Parent   string // the call that it came of, by a transfer; "" if there is none
	Incoming bool
	State    State
	From     string // user or address of who calls
	To       string // user or address of who is called
	Display  string // the name of who calls
	Audio    bool
	Video    bool
	Held     bool // the far end holds us
	// Codecs are those that the far end offered, or, once that is known, agreed on: best first, the one in use before others of its
	// kind. A kind of which there is none is not in the call.
	Codecs  []string
	Code    int // SIP status of the last answer, or of what ended it; 0 if there was none
	Reason  string
	Cause   Cause             // why it ended
	Headers map[string]string // those that users may read
	Message string            // the INVITE as it came; "" for outgoing ones
	Began   time.Time
}

// State is how far a call is.
type State string

// States of calls. Early is Ringing with something to hear.
const (
	Trying      State = "TRYING"
	Ringing     State = "RING"
	Early       State = "RING_MEDIA"
	Established State = "ESTABLISHED"
	OnHold      State = "HOLD" // we hold the far end
	Busy        State = "BUSY"
	Failed      State = "FAILED"
	Ended       State = "FINISH"
)

// Over tells whether the state is a last one.
func (s State) Over() bool { return s == Busy || s == Failed || s == Ended }

// Cause is why a call ended, in words that doors translate.
type Cause string

// Causes.
const (
	Normal        Cause = "normal"         // somebody hung up
	Refused       Cause = "refused"        // Code says how
	NoMedia       Cause = "no_media"       // nothing came for too long
	NoCodecs      Cause = "no_codecs"      // the two sides have none in common
	TimedOut      Cause = "timeout"        // nobody answered, or a session timer ran out
	Broken        Cause = "error"          // anything else
	SessionFailed Cause = "session_failed" // it could not be made
)
