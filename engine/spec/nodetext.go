package spec

import "strings"

// nodeText reads a node's short form, which is gst-launch's syntax for one element: the element, then key=value with blanks
// between. A value in double quotes is a String and may hold blanks; inside it \" and \\ stand for the two characters, and
// other backslashes for themselves. What is reported is left out of the result.
func (w *walker) nodeText(s spot) (element Text, set []Entry) {
	l, ok := w.lex(s, CodeBadNode)
	if !ok {
		return Text{}, nil
	}
	l.skip()
	start := l.i
	word := l.take(isElementByte)
	if !isElement(word) || !l.done() && !isBlank(l.peek()) {
		l.i = start
		d := l.fail(start, "%q is not the name of an element", l.word())
		if strings.Contains(l.rest(), "!") || strings.Contains(l.word(), "=") {
			d.Advise(`write "element key=value key=value"; elements are joined under "links:"`)
		} else {
			d.Advise(`write "element key=value", as in "x264enc bitrate=2000"`)
		}
		return Text{}, nil
	}
	element = Text{word, l.spot.at(start)}
	for l.skip(); !l.done(); l.skip() {
		e, ok := l.property()
		if !ok {
			return element, set
		}
		if at, twice := placeOf(set, e.Key.Text); twice {
			w.errorf(e.Key.Pos, CodeDuplicateKey, "the property %q is set twice", e.Key.Text).Advise("the first is at column %d", at.Col)
			continue
		}
		set = append(set, e)
	}
	return element, set
}

func placeOf(set []Entry, key string) (Pos, bool) {
	for _, e := range set {
		if e.Key.Text == key {
			return e.Key.Pos, true
		}
	}
	return Pos{}, false
}

// property reads key=value.
func (l *lexer) property() (Entry, bool) {
	start := l.i
	key := l.take(isPropertyByte)
	switch {
	case key == "" && l.peek() == '!':
		l.fail(start, `"!" joins elements in gst-launch, not here`).Advise(`give every element a node, and join them under "links:"`)
		return Entry{}, false
	case key == "" || l.peek() != '=':
		l.i = start
		l.fail(start, `%q is not "key=value"`, l.word()).Advise(`no blanks around "="; put a value with blanks in double quotes`)
		return Entry{}, false
	}
	l.i++
	e := Entry{Key: Text{key, l.spot.at(start)}, Value: Value{Pos: l.spot.at(l.i)}}
	var ok bool
	if l.peek() == '"' {
		e.Value.Kind = String
		e.Value.Text, ok = l.quoted()
	} else {
		e.Value.Text, ok = l.bare(key)
		if ok {
			e.Value.Kind = plainKind(e.Value.Text)
		}
	}
	return e, ok
}

// bare reads a value without quotes, up to the next blank.
func (l *lexer) bare(key string) (string, bool) {
	start := l.i
	text := l.take(func(c byte) bool { return !isBlank(c) && c != '"' })
	switch {
	case l.peek() == '"':
		l.fail(l.i, "a quote inside a value").Advise(`put the whole value in double quotes, with \" inside`)
		return "", false
	case text == "":
		l.fail(start, "%q has no value", short(key)).Advise(`no blanks around "="; an empty text is written %s=""`, short(key))
		return "", false
	case text[0] == '\'':
		l.fail(start, "a value in single quotes").Advise("use double quotes")
		return "", false
	}
	return text, true
}

// quoted reads a value in double quotes.
func (l *lexer) quoted() (string, bool) {
	start := l.i
	var b strings.Builder
	for l.i++; !l.done(); l.i++ {
		switch c := l.peek(); {
		case c == '"':
			l.i++
			if !l.done() && !isBlank(l.peek()) {
				l.fail(l.i, "text after the closing quote").Advise("put a blank between properties")
				return "", false
			}
			return b.String(), true
		case c == '\\' && (strings.HasPrefix(l.rest(), `\"`) || strings.HasPrefix(l.rest(), `\\`)):
			l.i++
			b.WriteByte(l.peek())
		default:
			b.WriteByte(c)
		}
	}
	l.fail(start, "a quoted value is not closed").Advise("add the closing quote")
	return "", false
}

// isElementByte holds for GStreamer's factory names, such as rtpL16pay or 3gppmux, and for ours with dots.
func isElementByte(c byte) bool { return isAlnum(c) || c == '_' || c == '-' || c == '.' }

// isPropertyByte holds for property names, also those of an element's child: text::color.
func isPropertyByte(c byte) bool { return isAlnum(c) || c == '_' || c == '-' || c == ':' || c == '.' }

// isElement tells whether s can name an element.
func isElement(s string) bool {
	return s != "" && isAlnum(s[0]) && strings.IndexFunc(s, func(c rune) bool { return c > 127 || !isElementByte(byte(c)) }) < 0
}
