// Package dialog is calls as SIP has them: INVITE dialogs of either direction, with forks, early media, session timers, changes of the
// session, transfers; and subscriptions. Descriptions of sessions (SDP) are texts to it: its owner makes and reads them.
package dialog

// Owner is who a dialog is for. Its methods are called one after the other, on the dialog's goroutine; Offered alone may wait, for up to
// a second.
type Owner interface {
	// Progress tells of a provisional answer to our INVITE; sdp is nil if it had none. fork differs for each far end that answers.
	Progress(code int, reason, fork string, sdp []byte)
	// Answered tells of the 2xx to our INVITE, or, of a call that came in without an offer, of the answer in the ACK.
	Answered(fork string, sdp []byte)
	// Offered asks for the answer to a new offer of the far end's (re-INVITE, UPDATE); a nil offer asks for an offer of ours. A refusal
	// leaves the session as it was.
	Offered(sdp []byte) (answer []byte, refusal *Refusal)
	// Info tells of an INFO request: keys, or a wish for a key picture.
	Info(contentType string, body []byte)
	// Referred asks what is to be done with a REFER of the far end's. The dialog reports with Notify until a final code.
	Referred(r Referral) *Refusal
	// Transferred tells how a REFER of ours goes: the status of the far end's new call, 100 to 699.
	Transferred(code int, reason string)
	// Ended tells that the dialog is over. Nothing comes after it.
	Ended(e Ending)
}

// Refusal is an answer that refuses: 3xx to 6xx.
type Refusal struct {
	Code   int
	Reason string
	// Headers go with it, such as Retry-After.
	Headers map[string]string
}

// Ending is why a dialog is over.
type Ending struct {
	Code   int    // the SIP status that ended it; 200 for BYE, 487 for cancelled unless that says otherwise, 408 for a timer
	Reason string // its words, or those of a Reason header (RFC 3326)
	Remote bool   // whether the far end ended it
	// Err is what went wrong with us or the network, or why a redirection was not followed; nil if SIP tells all.
	Err error
}

// Referral is a REFER of the far end's.
type Referral struct {
	Target   string // SIP address to call
	Replaces string // the Replaces of that address, for an attended transfer; "" if there is none
	By       string // Referred-By
	// Notify reports how the new call goes; final from 200 on. Safe for concurrent use.
	Notify func(code int, reason string)
}
