// Package draw prints plans: as text for a terminal, as gst-launch lines to paste into a shell, as Graphviz DOT, as JSON
// and as SVG. Every printer writes the same bytes for the same plan, escapes what users named, shows secrets as stars,
// takes any plan whatever (an empty one, one with cycles or with links that lead nowhere) and is safe for concurrent
// use. It makes no plans, runs nothing and needs no other program.
package draw

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"sluice/engine/element"
	"sluice/engine/plan"
	"sluice/engine/value"
)

// stars stand for a secret.
const stars = "***"

// shown is a setting's text as anybody may see it.
func shown(s plan.Setting) string {
	if s.Secret {
		return stars
	}
	return s.Text
}

// printable replaces what would break a line or drive a terminal. Names and values come from users.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r):
			return unicode.ReplacementChar
		}
		return r
	}, strings.ToValidUTF8(text, string(unicode.ReplacementChar)))
}

// clip shortens text to a number of characters.
func clip(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	runes := []rune(text)
	return string(runes[:most-1]) + "…"
}

// plural counts things: "1 queue", "2 queues", "no queues".
func plural(n int, thing string) string {
	switch n {
	case 0:
		return "no " + thing + "s"
	case 1:
		return "1 " + thing
	}
	return strconv.Itoa(n) + " " + thing + "s"
}

// inserted tells whether the compiler put the element in.
func inserted(e *plan.Element) bool { return e.Role != plan.RoleNode && e.Role != plan.RolePart }

// brief says in a few words what matters about an element that the compiler put in: how much a queue holds, and what it
// drops.
func brief(e *plan.Element) []string {
	if e.Factory != "queue" {
		return nil
	}
	var words []string
	for _, s := range e.Props {
		if n, err := strconv.ParseInt(s.Text, 10, 64); err == nil && n > 0 {
			words = append(words, limit(s.Name, n)...)
		}
		if drops := map[string]string{"downstream": "drops oldest", "upstream": "drops newest"}[s.Text]; s.Name == "leaky" && drops != "" {
			words = append(words, drops)
		}
	}
	return words
}

// limit says how much of something a queue holds; nothing of what is no limit.
func limit(property string, n int64) []string {
	switch property {
	case "max-size-time":
		return []string{value.Text(time.Duration(n))}
	case "max-size-buffers":
		return []string{plural(int(n), "buffer")}
	case "max-size-bytes":
		return []string{value.Text(value.Octets(n)) + "B"}
	}
	return nil
}

// medium names what flows, as briefly as can be: the codec, or "raw video" if there is none.
func medium(f element.Format) string {
	switch {
	case f.Codec != "":
		return string(f.Codec)
	case f.Kind == "":
		return ""
	case f.Kind == "audio" || f.Kind == "video":
		return "raw " + string(f.Kind)
	}
	return string(f.Kind)
}

// place names an end of a link.
func place(p plan.Pad) string {
	if p.Name == "" {
		return p.Of
	}
	return p.Of + "." + p.Name
}

// branchOf finds a branch of a pipeline; one without a kind if there is none of the name.
func branchOf(l *plan.Pipeline, name string) plan.Branch {
	i := slices.IndexFunc(l.Branches, func(b plan.Branch) bool { return b.Name == name })
	if i < 0 {
		return plan.Branch{}
	}
	return l.Branches[i]
}

// terms says in words how a branch comes and goes.
func terms(b plan.Branch) string {
	var words []string
	switch b.Kind {
	case plan.Lazy:
		words = append(words, "lazy, "+lingering(b.Linger))
	case plan.Keyed:
		if !strings.HasPrefix(b.Key, "{") {
			words = append(words, "added by its key")
			break
		}
		words = append(words, "one for each "+strings.Trim(b.Key, "{}"))
		if b.Max > 0 {
			words = append(words, "at most "+strconv.Itoa(b.Max))
		}
	case plan.Apart:
		words = append(words, "may fail alone")
	}
	if b.OnError != "" && b.OnError != "fail" {
		words = append(words, "on error: "+b.OnError)
	}
	return strings.Join(words, ", ")
}

// lingering says how long something lazy runs on.
func lingering(s plan.Span) string { return "ends " + s.String() + " after its last reader" }

// decimal writes a number.
func decimal(n int) string { return strconv.Itoa(n) }
