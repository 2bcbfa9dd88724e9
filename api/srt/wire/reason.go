package wire

import "strconv"

// Reason is why a connection is refused, as the library counts: up to 15 are those of table 7, and those from 1400 on are for
// servers to use, as HTTP uses its codes (access control document of SRT, "Rejection codes").
type Reason uint32

// In a handshake a reason is this much more. Gosrt (0.11.1) forgets that for those from 1400 on, and the library takes them for
// unknown ones then; what it sends is understood here. It also says 1407 for a conflict, which is 1409.
const refusals = 1000

// The reasons that are given here.
const (
	Peer         Reason = 2
	Resource     Reason = 3
	Rogue        Reason = 4
	Backlog      Reason = 5
	Closing      Reason = 7
	OldVersion   Reason = 8
	BadSecret    Reason = 10
	Unsecure     Reason = 11
	MessageAPI   Reason = 12
	Congestion   Reason = 13
	Filter       Reason = 14
	Group        Reason = 15
	BadRequest   Reason = 1400
	Unauthorized Reason = 1401
	Overload     Reason = 1402
	Forbidden    Reason = 1403
	NotFound     Reason = 1404
	BadMode      Reason = 1405
	Unacceptable Reason = 1406
	Conflict     Reason = 1409
	Unsupported  Reason = 1415
	Unexpected   Reason = 1500
	Gateway      Reason = 1502
	Down         Reason = 1503
)

// Kind is that of a handshake that says the reason.
func (r Reason) Kind() Kind { return Kind(r + refusals) }

// Rejects tells whether a handshake says no, and why.
func (k Kind) Rejects() (Reason, bool) {
	const last, gosrtFirst, gosrtLast = 0xfffffff0, 1400, 1599
	switch {
	case k >= gosrtFirst && k <= gosrtLast:
		return Reason(k), true
	case k >= refusals && k < last:
		return Reason(k - refusals), true
	}
	return 0, false
}

// String is what the reason means.
func (r Reason) String() string {
	words := map[Reason]string{
		Peer: "the application refuses", Resource: "not enough resources", Rogue: "a wrong handshake", Backlog: "too many wait",
		Closing: "it is closing", OldVersion: "the version is too old", BadSecret: "wrong passphrase",
		Unsecure: "only one side has a passphrase", MessageAPI: "only live streams", Congestion: "only live streams",
		Filter: "no packet filters", Group: "no bonded connections",
		BadRequest: "bad request", Unauthorized: "unauthorized", Overload: "overloaded", Forbidden: "forbidden", NotFound: "not found",
		BadMode: "bad mode", Unacceptable: "not acceptable", Conflict: "conflict", Unsupported: "unsupported media",
		Unexpected: "internal error", Gateway: "bad gateway", Down: "out of service",
	}
	if w := words[r]; w != "" {
		return strconv.Itoa(int(r)) + " (" + w + ")"
	}
	return strconv.FormatUint(uint64(r), 10)
}
