package spec

import "strings"

// chain reads a link: nodes with "->" between them, and caps in brackets.
//
//	chain = ref *( "->" ( ref / "[" caps "]" ) )
//	ref   = node [ "." pad ] [ "[" key "]" ] [ "?" ]
//
// It tells whether all of it could be read.
func (w *walker) chain(s spot) ([]Hop, bool) {
	l, ok := w.lex(s, CodeBadChain)
	if !ok {
		return nil, false
	}
	var hops []Hop
	for {
		l.skip()
		h, ok := l.hop()
		if !ok {
			return nil, false
		}
		hops = append(hops, h)
		l.skip()
		if l.done() {
			break
		}
		if !l.accept("->") {
			l.notAnArrow()
			return nil, false
		}
	}
	return hops, l.checkEnds(hops)
}

// checkEnds refuses a chain that links nothing, or that begins or ends in caps.
func (l *lexer) checkEnds(hops []Hop) bool {
	first, last := hops[0], hops[len(hops)-1]
	switch {
	case first.Node == "":
		l.w.errorf(first.Pos, l.code, "a chain begins with a node, not with caps").Advise(`write "node -> [caps] -> node"`)
	case last.Node == "":
		l.w.errorf(last.Pos, l.code, "a chain ends with a node, not with caps").Advise(`write "node -> [caps] -> node"`)
	case len(hops) == 1:
		l.w.errorf(first.Pos, l.code, "a link needs two nodes").Advise(`write "%s -> node"`, first.Node)
	default:
		return true
	}
	return false
}

func (l *lexer) notAnArrow() {
	word := l.word()
	d := l.fail(l.i, `%q where "->" is expected`, word)
	switch {
	case strings.HasPrefix(word, "!"):
		d.Advise(`"!" is gst-launch's; write "->"`)
	case strings.HasPrefix(word, "="), strings.HasPrefix(word, "-"), strings.HasPrefix(word, ">"), strings.HasPrefix(word, "→"):
		d.Advise(`write "->"`)
	default:
		d.Advise(`nodes are joined by "->", and names have only a-z, 0-9 and _`)
	}
}

// hop reads a node or caps.
func (l *lexer) hop() (Hop, bool) {
	switch {
	case l.done():
		l.fail(l.i, "the chain ends where a node is expected").Advise(`write "node -> node"`)
		return Hop{}, false
	case l.peek() == '[':
		return l.caps()
	}
	return l.ref()
}

// ref reads node[.pad][[key]][?].
func (l *lexer) ref() (Hop, bool) {
	start := l.i
	h := Hop{Pos: l.spot.at(start), Node: l.take(isNameByte)}
	if !isName(h.Node) {
		l.i = start
		l.fail(start, "%q is not a node", l.word()).Advise("a node's name is a letter a-z, then a-z, 0-9 and _")
		return h, false
	}
	if l.accept(".") {
		at := l.i
		if h.Pad = l.pad(); h.Pad == "" {
			l.fail(at, `a pad's name is missing after "%s."`, h.Node).Advise("leave the dot out to link every kind of media")
			return h, false
		}
		if l.accept("[") {
			at = l.i
			if h.Key = l.take(isNameByte); !isName(h.Key) || !l.accept("]") {
				l.fail(at, `"%s.%s[" needs a node's name and "]"`, h.Node, h.Pad).Advise(`as in "sound.minus[seat]"`)
				return h, false
			}
		}
	}
	h.Optional = l.accept("?")
	return h, true
}

// pad reads a pad's name, such as video, sink_%u or send_rtp_src_0. A "-" is part of it unless an arrow begins there.
func (l *lexer) pad() string {
	start := l.i
	for !l.done() {
		c := l.peek()
		if !isAlnum(c) && c != '_' && c != '%' && (c != '-' || strings.HasPrefix(l.rest(), "->")) {
			break
		}
		l.i++
	}
	return l.spot.text[start:l.i]
}

// caps reads "[caps]". Brackets inside, as in width=[1,1920], must be in pairs; those in double quotes do not count.
func (l *lexer) caps() (Hop, bool) {
	start, depth, quote := l.i, 0, false
	for ; !l.done(); l.i++ {
		switch c := l.peek(); {
		case c == '\\' && quote:
			l.i++
		case c == '"':
			quote = !quote
		case quote:
		case c == '[':
			depth++
		case c == ']':
			if depth--; depth == 0 {
				l.i++
				return l.capsHop(start)
			}
		}
	}
	l.i = len(l.spot.text)
	l.fail(start, "caps are not closed").Advise(`add "]"`)
	return Hop{}, false
}

func (l *lexer) capsHop(start int) (Hop, bool) {
	inner := l.spot.text[start+1 : l.i-1]
	text := strings.TrimSpace(inner)
	if text == "" {
		l.fail(start, "caps are empty").Advise(`write "[video/x-raw,width=640]", or leave the brackets out`)
		return Hop{}, false
	}
	at := start + 1 + strings.Index(inner, text)
	return Hop{Pos: l.spot.at(start), Caps: Text{text, l.spot.at(at)}}, true
}
