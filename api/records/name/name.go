// Package name makes the names of recordings from templates, and says which names may be asked for. Names are relative to the one folder
// that recordings are in, and never lead out of it. It touches no file.
package name

import (
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"sluice/engine/fault"
	"sluice/engine/media"
)

// Values are what a recording's name may tell.
type Values struct {
	Stream, Session, MediaSession, Login string
	Audio, Video                         media.Codec
	Start, End                           time.Time
}

const (
	maxTemplate = 1024 // bytes
	maxPart     = 200  // bytes between two slashes: 255 is the most that file systems have, and more is added behind it
	maxDepth    = 8    // folders
	moment      = "2006-01-02-15-04-05"
	nothing     = "none" // stands for a value that is not known
)

// elements are what may stand in braces.
func elements() map[string]func(v Values) string {
	return map[string]func(v Values) string{
		"streamName":      func(v Values) string { return v.Stream },
		"sessionId":       func(v Values) string { return v.Session },
		"mediaSessionId":  func(v Values) string { return v.MediaSession },
		"login":           func(v Values) string { return v.Login },
		"audioCodec":      func(v Values) string { return string(v.Audio) },
		"videoCodec":      func(v Values) string { return string(v.Video) },
		"startTime":       func(v Values) string { return v.Start.UTC().Format(moment) },
		"endTime":         func(v Values) string { return v.End.UTC().Format(moment) },
		"startTimeMillis": func(v Values) string { return strconv.FormatInt(v.Start.UnixMilli(), 10) },
		"endTimeMillis":   func(v Values) string { return strconv.FormatInt(v.End.UnixMilli(), 10) },
		"duration":        func(v Values) string { return strconv.FormatInt(max(v.End.Sub(v.Start), 0).Milliseconds(), 10) },
	}
}

// Template makes names. The zero Template makes none.
type Template struct {
	text string
	// parts are literal texts and names of elements by turns, a text first.
	parts []string
}

// Parse reads a template such as "stream-{mediaSessionId}-{login}". What it must not be is fault.InvalidParams.
func Parse(text string) (Template, error) {
	wrong := func(format string, args ...any) (Template, error) {
		return Template{}, fault.New(fault.InvalidParams, "", format, args...).
			Advise("elements are {%s}; a slash begins a folder", strings.Join(known(), "}, {"))
	}
	if text == "" || len(text) > maxTemplate || !utf8.ValidString(text) {
		return wrong("a template of names has 1 to %d bytes of UTF-8", maxTemplate)
	}
	t := Template{text: text}
	for rest := text; ; {
		before, after, more := strings.Cut(rest, "{")
		if i := strings.IndexFunc(before, func(r rune) bool { return r != '/' && clean(r) != r }); i >= 0 {
			r, _ := utf8.DecodeRuneInString(before[i:])
			return wrong("%q cannot be in the name of a recording", r)
		}
		t.parts = append(t.parts, before)
		if !more {
			break
		}
		element, after, closed := strings.Cut(after, "}")
		if elements()[element] == nil || !closed {
			return wrong("there is no element {%.40s", element)
		}
		t.parts, rest = append(t.parts, element), after
	}
	if !shaped(t.Expand(Values{})) || !shaped(strings.Join(literals(t.parts), "x")) {
		return wrong("%.80q is no name in a folder: no part may be empty or begin with a dot, and there may be %d folders", text, maxDepth)
	}
	return t, nil
}

func literals(parts []string) []string {
	var out []string
	for i := 0; i < len(parts); i += 2 {
		out = append(out, parts[i])
	}
	return out
}

func known() []string {
	var out []string
	for e := range elements() {
		out = append(out, e)
	}
	slices.Sort(out)
	return out
}

// String is the template as it was written.
func (t Template) String() string { return t.text }

// Late tells whether names depend on how a recording ends, so that they are not known before.
func (t Template) Late() bool {
	for i := 1; i < len(t.parts); i += 2 {
		if t.parts[i] == "duration" || strings.HasPrefix(t.parts[i], "end") {
			return true
		}
	}
	return false
}

// Expand is the name of a recording, without an extension. What is in a value that does not belong into a name becomes "_".
func (t Template) Expand(v Values) string {
	all := elements()
	var b strings.Builder
	for i, part := range t.parts {
		if i%2 == 0 {
			b.WriteString(part)
			continue
		}
		text := all[part](v)
		if text == "" {
			text = nothing
		}
		b.WriteString(strings.Map(clean, text))
	}
	parts := strings.Split(b.String(), "/")
	for i, p := range parts {
		p = shorten(p)
		if strings.HasPrefix(p, ".") {
			p = "_" + p[1:]
		}
		parts[i] = p
	}
	return strings.Join(parts, "/")
}

// clean is the rune itself if it can be in a name, "_" if not.
func clean(r rune) rune {
	if r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("-_.@+=,()", r)) {
		return r
	}
	return '_'
}

// shorten cuts a text to what fits between two slashes, at the end of a rune.
func shorten(s string) string {
	if len(s) <= maxPart {
		return s
	}
	n := maxPart
	for !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// shaped tells whether a name is one in the folder or one of its folders.
func shaped(s string) bool {
	parts := strings.Split(s, "/")
	return fs.ValidPath(s) && s != "." && len(parts) <= maxDepth+1 &&
		!slices.ContainsFunc(parts, func(p string) bool { return strings.HasPrefix(p, ".") })
}

// Check tells whether a name that somebody asks for can be one of a recording: fault.InvalidRequest if not. It need not be there.
func Check(s string) error {
	bad := func(r rune) bool { return r == '\\' || r == utf8.RuneError || unicode.IsControl(r) }
	if len(s) > maxDepth*256 || !utf8.ValidString(s) || !shaped(s) || strings.ContainsFunc(s, bad) {
		return fault.New(fault.InvalidRequest, "", "%.80q is no name of a recording", s)
	}
	return nil
}
