package caps

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"sluice/engine/fault"
)

// Limits of Parse. GStreamer's own longest template (decklinkvideosrc, 1.22) has 52 KB and 268 structures.
const (
	MaxText       = 64 << 10 // bytes
	maxStructures = 1024     // of one Parse, those inside fields included
	maxFields     = 256      // of one structure
	maxItems      = 1024     // of one list or array
	maxDepth      = 16       // of brackets in brackets
)

// SyntaxError is what Parse returns: where the text stops making sense. It unwraps to a *fault.Fault with the code
// fault.InvalidParams.
type SyntaxError struct {
	Offset int // in bytes from the start of the text
	fault  *fault.Fault
}

// Error reads "caps, byte 12: message (hint)".
func (e *SyntaxError) Error() string { return fmt.Sprintf("caps, byte %d: %v", e.Offset, e.fault) }

// Unwrap gives the fault.
func (e *SyntaxError) Unwrap() error { return e.fault }

// Parse reads caps as GStreamer 1.22 does. Every error is a *SyntaxError.
func Parse(s string) (Caps, error) {
	p := &parser{src: s}
	if len(s) > MaxText {
		return Caps{}, p.errorAt(MaxText, "caps are longer than %d bytes", MaxText)
	}
	for i, r := range s {
		if _, size := utf8.DecodeRuneInString(s[i:]); r == 0 || r == utf8.RuneError && size == 1 {
			return Caps{}, p.errorAt(i, "caps hold binary data")
		}
	}
	c, err := p.caps(0)
	if err != nil {
		return Caps{}, err
	}
	return c, nil
}

// parser walks over src once. Its methods stop behind what they read, or return a *SyntaxError.
type parser struct {
	src        string
	pos        int
	depth      int
	structures int
}

func (p *parser) errorAt(pos int, format string, args ...any) *SyntaxError {
	return &SyntaxError{pos, fault.New(fault.InvalidParams, "", format, args...)}
}

// hint adds what to do to an error just made.
func (e *SyntaxError) hint(format string, args ...any) *SyntaxError {
	e.fault = e.fault.Advise(format, args...)
	return e
}

// peek is the byte at the position; 0 at the end, which no text holds.
func (p *parser) peek() byte {
	if p.pos < len(p.src) {
		return p.src[p.pos]
	}
	return 0
}

func (p *parser) space() {
	for p.pos < len(p.src) && strings.IndexByte(" \t\n\v\f\r", p.src[p.pos]) >= 0 {
		p.pos++
	}
}

func (p *parser) word() string {
	start := p.pos
	for p.pos < len(p.src) && isWord(p.src[p.pos]) {
		p.pos++
	}
	return p.src[start:p.pos]
}

// found names what stands at the position, for messages.
func (p *parser) found() string {
	if p.pos >= len(p.src) {
		return "the end"
	}
	r, _ := utf8.DecodeRuneInString(p.src[p.pos:])
	return fmt.Sprintf("%q", string(r))
}

// caps reads structures up to end, which is ']' inside a field and 0 for the end of the text. It does not consume end.
func (p *parser) caps(end byte) (Caps, error) {
	p.space()
	var c Caps
	for {
		s, err := p.structure(end)
		if err != nil {
			return Caps{}, err
		}
		c.list = append(c.list, s)
		p.space()
		if p.peek() == ';' {
			p.pos++
			p.space()
		}
		if p.peek() == end {
			return c.resolved(), nil
		}
	}
}

// resolved turns a lone ANY, EMPTY or NONE into what it means. GStreamer takes "ANY;" for a media type of that name,
// which it then prints as "ANY".
func (c Caps) resolved() Caps {
	if len(c.list) != 1 || len(c.list[0].fields) > 0 || c.list[0].features.text() != "" {
		return c
	}
	switch c.list[0].name {
	case "ANY":
		return Any()
	case "EMPTY", "NONE":
		return Caps{}
	}
	return c
}
