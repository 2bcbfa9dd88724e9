package run

import (
	"time"

	"sluice/engine/media"
)

// Host is how a Runtime reaches its instance. The methods return at once and are safe for concurrent use: an
// implementation queues and never calls back into the Runtime.
type Host interface {
	// Epoch is the moment from which the times of all units are counted, in both directions, with Go's monotonic reading.
	// Pipelines that keep real time run on it; one that reads files begins its own time at zero.
	Epoch() time.Time
	// Outlet gives the port for what comes out of a bridge. The Runtime asks before the bridge's first media; it
	// never gets nil. A bridge that nobody reads has an outlet that drops.
	Outlet(bridge string) Port

	// Key asks for a key frame of what goes into a bridge. The host throttles; it may be called for every lost frame.
	Key(bridge string)

	// Tell passes on what happened. Notices are kept in order and none is dropped, so a Runtime sends few: never
	// one for each unit.
	Tell(n Notice)
}

// Inlets are the ports into a Runtime, by the name of the bridge.
type Inlets map[string]Port

// Port takes the media of one bridge, in the order of decoding, from one goroutine at a time. No method blocks. After
// the Mark End the port drops everything.
type Port interface {
	// Unit hands over an access unit, which is shared from then on and not changed. False means that it was dropped:
	// the far side is slow. Having dropped video, the caller drops on until the next key frame and counts it.
	Unit(u *media.Unit) bool

	// Gap says that nothing came from a time on for a while, so that the far side may conceal it.
	Gap(from, length time.Duration) bool

	// Codec describes the units that follow. It comes before the first unit, and again when the description changes.
	Codec(t media.Track)

	// Mark passes a mark on.
	Mark(m Mark)
}

// Copier is a Port that has copied what it needs of a unit, or is done with it, when Unit returns. Whoever hands units
// to such a port may use the unit, and the memory of its parts, again for the next one, so that units make no garbage. All
// other ports get units in memory of their own, which they may keep and share. A wrapper around a Port is a Copier only if it
// says so itself.
type Copier interface {
	Port
	// CopiesUnits does nothing.
	CopiesUnits()
}

// Mark is something without content that happens between units.
type Mark uint8

// The marks.
const (
	Flush Mark = iota // forget what was handed over and is not used yet; time may jump
	End               // nothing follows
)

// NoticeKind says what a notice is about.
type NoticeKind string

// The kinds of notices.
const (
	FirstMedia NoticeKind = "first_media" // a node gave its first unit after Start, or after silence
	NodeEnded  NoticeKind = "node_ended"  // a node came to its natural end
	BranchGone NoticeKind = "branch_gone" // a branch failed and has been taken out; the rest goes on
	Broken     NoticeKind = "broken"      // all is over: an element outside every branch failed, or the worker died
	Published  NoticeKind = "published"   // the part in Go shows what a node gives to others; no Runtime says so
	Said       NoticeKind = "said"        // an element says something of its own: a level, a digit
)

// Levels is the event of Said in which a mixer says how loud each of its keys is: in dBFS, as text, by key. It comes every few
// hundred milliseconds.
const Levels = "levels"

// Notice is something that happened in a Runtime without anybody asking.
type Notice struct {
	Kind NoticeKind
	Node string // whose doing it is, if known
	// Branch is the name of the branch of BranchGone: "seat[alice]". Of NodeEnded and Broken it is the branch of a key whose part in Go
	// it is about: the end of that is the key's, and nobody else's.
	Branch string
	Err    error             // of BranchGone and Broken: a fault whose place names the node
	Event  string            // of Said
	Vars   map[string]string // of Said; not changed afterwards
}
