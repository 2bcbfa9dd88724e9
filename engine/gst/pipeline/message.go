//go:build cgo && !nogst

package pipeline

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"sluice/engine/gst/shim"
	"sluice/engine/plan"
)

// NewsKind says what a pipeline has to tell.
type NewsKind uint8

// The kinds of news. All but the last three come once for each thing that happens; those may come without end.
const (
	Fails     NewsKind = iota + 1 // something that is no branch failed, with Err
	Ails                          // Branch failed, with Err; it is to be taken out
	Whole                         // an element will have no more pads: Complete is due
	Lags                          // something else lags behind now: Latency is due
	Gives                         // Node gave its first unit
	Ends                          // the stream that leaves Node, or enters it if it is a sink, is over
	Complains                     // an element warns, with Text
	Speaks                        // an element of Node says something of its own: Event, with Text
	Sounds                        // a mixer's Node has measured how loud Key is: Level, in dBFS
)

// Endless tells whether news of the kind may come without end.
func (k NewsKind) Endless() bool { return k == Complains || k == Speaks || k == Sounds }

// News is something that a pipeline saw on the way.
type News struct {
	Of     *Pipeline
	Kind   NewsKind
	Node   string
	Branch string
	Err    error
	Event  string
	Text   string
	Key    string
	Level  float64
}

// mostText is how much of what an element says is passed on.
const mostText = 4096

// message takes a message on the thread that posted it. What an element says that has left is nobody's business.
func (l *Pipeline) message(m shim.Message) {
	l.mu.Lock()
	e := l.elems[m.Source]
	if e == nil && m.Source != "" {
		l.mu.Unlock()
		return
	}
	n := News{Of: l}
	if e != nil {
		n.Node = e.Node
	}
	switch m.Kind {
	case shim.Error:
		l.errs(&n, e, func() error { return l.blame(m) })
	case shim.EOS:
		if e != nil {
			e.ended = true
		}
	case shim.Latency:
		if !l.latency {
			l.latency, n.Kind = true, Lags
		}
	case shim.Warning:
		n.Kind, n.Text = Complains, m.Text
	case shim.Element:
		if e != nil {
			l.speaks(&n, e, m)
		}
	}
	l.mu.Unlock()
	l.tell(n)
}

// speaks makes news of an element's own message, and an error if it says as much. l.mu is held.
func (l *Pipeline) speaks(n *News, e *elem, m shim.Message) {
	if err := l.unread(e, m); err != nil {
		l.errs(n, e, func() error { return err })
		return
	}
	if db, ok := level(m.Text); ok && m.Domain == "level" && e.Role == plan.RolePart {
		if key := l.key(e.Branch); key != "" {
			n.Kind, n.Key, n.Level = Sounds, key, db
			return
		}
	}
	n.Kind, n.Event, n.Text = Speaks, m.Domain, m.Text
}

// key is that of a keyed branch; "" of any other. l.mu is held.
func (l *Pipeline) key(branch string) string {
	i := slices.IndexFunc(l.plan.Branches, func(b plan.Branch) bool { return b.Name == branch && branch != "" })
	if i < 0 {
		return ""
	}
	return l.plan.Branches[i].Key
}

// level reads the loudest channel's RMS of what a level element says, in dBFS: "rms=(GValueArray)< -20.1, -31 >".
func level(text string) (loudest float64, ok bool) {
	_, list, found := strings.Cut(text, " rms=")
	_, list, open := strings.Cut(list, "<")
	list, _, closed := strings.Cut(list, ">")
	if !found || !open || !closed {
		return 0, false
	}
	loudest = math.Inf(-1)
	for word := range strings.SplitSeq(list, ",") {
		db, err := strconv.ParseFloat(strings.TrimSpace(word), 64)
		if err != nil {
			return 0, false
		}
		loudest = max(loudest, db)
	}
	return loudest, true
}

// tell passes news on, and wakes who waits for what may be in it.
func (l *Pipeline) tell(n News) {
	if !n.Kind.Endless() {
		l.rouse()
	}
	if n.Kind != 0 {
		n.Text = n.Text[:min(len(n.Text), mostText)]
		l.around.News(n)
	}
}

// ail takes note of an error that no element posted: of what an element cannot do. Nobody cares if it has left.
func (l *Pipeline) ail(e *elem, err error) {
	n := News{Of: l, Node: e.Node}
	l.mu.Lock()
	if l.elems[e.Name] == e {
		l.errs(&n, e, func() error { return err })
	}
	l.mu.Unlock()
	l.tell(n)
}

// errs keeps an error and makes it news, if it is the first one of what fails with it: those after it are its
// consequences. e is nil if the pipeline itself failed. l.mu is held.
func (l *Pipeline) errs(n *News, e *elem, why func() error) {
	if e != nil && e.coming {
		if l.refused == nil {
			l.refused = why()
		}
		return
	}
	branch := l.dispensable(e)
	switch {
	case branch == "" || l.trial:
		if l.failed != nil {
			return
		}
		l.failed = why()
		n.Kind, n.Err = Fails, l.failed
	case l.ailing[branch] == nil:
		l.ailing[branch] = why()
		n.Kind, n.Branch, n.Err = Ails, branch, l.ailing[branch]
	}
	if l.trial {
		n.Kind = 0
	}
}

// dispensable is the branch that an element may take with it when it fails; "" if it takes all. A lazy pipeline is a
// branch by itself. l.mu is held.
func (l *Pipeline) dispensable(e *elem) string {
	if e != nil && e.Branch != "" {
		for _, b := range l.plan.Branches {
			if b.Name == e.Branch && Dispensable(b) {
				return b.Name
			}
		}
	}
	if l.plan.Lazy {
		return l.name
	}
	return ""
}

// Dispensable tells whether a branch may fail alone.
func Dispensable(b plan.Branch) bool {
	return b.Kind == plan.Lazy || b.OnError == "drop" || b.OnError == "restart"
}

// Failure is the first error of what is no branch; nil if there was none.
func (l *Pipeline) Failure() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.failed
}

// Ailing gives a branch that has failed and is not taken out yet, and why.
func (l *Pipeline) Ailing() (branch string, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for name, why := range l.ailing {
		if branch == "" || name < branch {
			branch, err = name, why
		}
	}
	return branch, err
}
