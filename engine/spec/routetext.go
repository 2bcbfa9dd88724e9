package spec

import "strings"

// routeText reads a route's short form: an event, and mostly a pattern of the path.
func (w *walker) routeText(s spot) (Route, bool) {
	l, ok := w.lex(s, CodeBadRoute)
	if !ok {
		return Route{}, false
	}
	l.skip()
	start := l.i
	r := Route{Pos: l.spot.at(start)}
	r.Event = Text{l.take(func(c byte) bool { return !isBlank(c) }), l.spot.at(start)}
	if !w.checkEvent(r.Event) {
		return r, false
	}
	if l.skip(); l.done() {
		return r, true
	}
	start = l.i
	r.Path = Text{l.take(func(c byte) bool { return !isBlank(c) }), l.spot.at(start)}
	if l.skip(); !l.done() {
		l.fail(l.i, "%q after the route's path", l.word()).
			Advise(`a route is "event /path"; the rest goes into the long form {event: …, path: …}`)
		return r, false
	}
	return r, true
}

// checkEvent reports an event that is not spelt as events are: words with dots between them.
func (w *walker) checkEvent(t Text) bool {
	for part := range strings.SplitSeq(t.Text, ".") {
		if !isName(part) {
			w.errorf(t.Pos, CodeBadRoute, "%q is not an event", short(t.Text)).
				Advise(`a route is "event /path", as in "rtmp.publish /{stream...}"`)
			return false
		}
	}
	return true
}
