package spec

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// messy writes sound graphs as carelessly as YAML allows: keys in any order, brackets or blocks, any quotes, any
// indentation, comments and blank lines everywhere.
type messy struct {
	*rand.Rand
	noise    int // percent of the places where a comment or blank line may stand that have one
	comments int // written so far
}

// field is one key of a map to be written; its value is a string (YAML text), a word, a []field or a []any.
type field struct {
	key   string
	value any
}

// word is a text that is to be quoted in any way that gives it back.
type word string

func (m *messy) chance(percent int) bool { return m.IntN(100) < percent }

func (m *messy) pick(of ...string) string { return of[m.IntN(len(of))] }

// some gives each field with a chance, in any order.
func (m *messy) some(percent int, fields ...field) []field {
	var out []field
	for _, i := range m.Perm(len(fields)) {
		if m.chance(percent) {
			out = append(out, fields[i])
		}
	}
	return out
}

func (m *messy) word() word {
	return word(m.pick("plain", "on", "5", "1.5", "true", "~", "null", "", " ", " a", "a ", "a: b", "a:", ":a",
		"a #b", "a#b", "#a", "- a", "-a", "-", "?",
		"a?", "[a", "a]", "{a}", "a, b", "it's", `say "hi"`, `both ' "`, `\`,
		"two\nlines", "end\n", "\nstart", " \n x", "a\n\nb\n\n", "tab\t", "é日本😀",
		"\u2028", "\x01", "2024-01-01", "0x10", "1_000", "$(x)/y", "rtsp://h:1/p",
		"video/x-raw,width=[1,2]", "---", "... a", "%a", "@a", "`a", "&a", "*a",
		"!a", "|", ">", "a\n # b\nc", "<<", "=", "y", strings.Repeat("long ", 30)))
}

func (m *messy) value(depth int) any {
	switch n := m.IntN(10); {
	case n == 0 && depth > 0:
		return m.some(60, field{"a", m.value(depth - 1)}, field{"'b: c'", m.value(depth - 1)}, field{"7", m.value(depth - 1)})
	case n == 1 && depth > 0:
		var list []any
		for range m.IntN(4) {
			list = append(list, m.value(depth-1))
		}
		return list
	case n <= 4:
		return m.pick("5", "-1.5", "true", "~", "null", "", "bare", "$x", "10s")
	}
	return m.word()
}

func (m *messy) node() any {
	switch m.IntN(5) {
	case 0:
		return m.pick("fakesink", "x264enc  bitrate=1 tune=x", `'a b="c  d" e="5"'`, `a b="\"" c=0x1`, `"a b=\"\\n\""`)
	case 1:
		return m.some(100, field{"use", "a/b"}, field{"with", m.some(50, field{"p", m.value(2)}, field{"q", m.word()})})
	}
	return append(m.some(100, field{"element", m.pick("x", "y.z", "'w'")}), m.some(30,
		field{"set", m.some(50, field{"a", m.value(1)}, field{"b-c", m.word()}, field{"d::e", m.word()})},
		field{"lazy", "10s"}, field{"about", word("text\n")}, field{"on_error", "drop"},
		field{"fallback", []field{{"node", "n0"}, {"after", "3s"}}}, field{"queue", m.some(50, field{"time", "1s"}, field{"drop", "never"})})...)
}

func (m *messy) link() any {
	if m.chance(60) {
		return m.pick("a->b", "a.x  -> [video/x-raw,width=1] ->b?", `"a -> b"`, "'a.b[c]? -> d'", `'a -> [x,y="z # w"] -> b'`)
	}
	return append([]field{{"to", "b.sink_%u"}, {"from", m.pick("a", `"a?"`, "'a.b'")}},
		m.some(40, field{"caps", m.pick("x/y", `"x/y,z=1"`, `"x]"`)}, field{"pad", []field{{"xpos", "0"}}},
			field{"queue", []field{{"buffers", "2"}}})...)
}

func (m *messy) graph() []field {
	var nodes, params []field
	var links []any
	for i := range m.IntN(5) {
		nodes = append(nodes, field{fmt.Sprintf("n%d", i), m.node()})
		links = append(links, m.link())
		body := any("string")
		if m.chance(60) {
			body = append([]field{{"type", m.pick("int", "'string'")}}, m.some(40, field{"default", m.value(2)}, field{"about", word("w: x")})...)
		}
		params = append(params, field{fmt.Sprintf("p%d", i), body})
	}
	route := []any{"boot", []field{{"path", `"/{x}"`}, {"event", "a.b"}}, []field{{"event", "a"}, {"where", []field{{"k", m.value(1)}}}}}
	test := m.some(100, field{"name", word("a: test")}, field{"with", []field{{"x", m.value(2)}}}, field{"expect", []field{{"end", "eos"}}})
	return m.some(80, field{"about", word("one\nsentence")}, field{"labels", []field{{"l", word("on")}, {"'m n'", "5"}}},
		field{"params", params},
		field{"route", route}, field{"nodes", nodes}, field{"links", links}, field{"exports", []field{{"v", "n0.src"}}},
		field{"policy", m.some(50, field{"end", "never"}, field{"restart", []field{{"when", "error"}}}, field{"cost", "2.5"})},
		field{"tests", []any{test}})
}

// comment gives a comment, or nothing.
func (m *messy) comment(percent int, before string) string {
	if !m.chance(percent) {
		return ""
	}
	m.comments++
	return fmt.Sprintf("%s# c%d", before, m.comments)
}

// between gives lines between entries.
func (m *messy) between() string {
	var b strings.Builder
	for m.chance(m.noise) {
		b.WriteString("\n")
	}
	for m.chance(m.noise) {
		b.WriteString(m.comment(100, strings.Repeat(" ", m.IntN(9))) + "\n")
		if m.chance(20) {
			b.WriteString("\n")
		}
	}
	return b.String()
}

// quoted writes a text.
func (m *messy) quoted(text string, brackets bool) string {
	switch {
	case plainSafe(text, brackets) && isText(text) && m.chance(50):
		return text
	case oneLine(text) && m.chance(40):
		return "'" + strings.ReplaceAll(text, "'", "''") + "'"
	}
	out, _ := json.Marshal(text)
	return string(out)
}

// inline writes a value in brackets, perhaps over several lines.
func (m *messy) inline(v any) string {
	sep := func() string {
		if m.chance(10) {
			return m.comment(40, " ") + "\n" + m.between() + "          "
		}
		return m.pick("", " ")
	}
	var b strings.Builder
	next := func(i int, key string, value any) {
		if i > 0 {
			b.WriteString("," + sep())
		}
		b.WriteString(key + m.inline(value) + sep())
	}
	switch v := v.(type) {
	case word:
		return m.quoted(string(v), true)
	case []field:
		b.WriteString("{" + sep())
		for i, f := range v {
			next(i, f.key+": ", f.value)
		}
		return b.String() + "}"
	case []any:
		b.WriteString("[" + sep())
		for i, e := range v {
			next(i, "", e)
		}
		return b.String() + "]"
	}
	switch text := v.(string); {
	case text == "":
		return "~"
	case strings.ContainsAny(text, ",[]{}?") && text[0] != '"' && text[0] != '\'':
		return m.quoted(text, true)
	default:
		return text
	}
}

// block writes what follows a key or "-" whose own column is indent, with the line's end.
func (m *messy) block(v any, indent int) string {
	deeper := indent + 1 + m.IntN(4)
	margin := strings.Repeat(" ", deeper)
	var b strings.Builder
	switch v := v.(type) {
	case string:
		return " " + v + m.comment(m.noise, "  ") + "\n"
	case word:
		if header, lines, ok := blockText(string(v)); ok && m.chance(50) {
			return " " + header + m.comment(m.noise, " ") + "\n" + strings.Join(pad(lines, deeper), "\n") + "\n"
		}
		return " " + m.quoted(string(v), false) + m.comment(m.noise, "  ") + "\n"
	case []field:
		if len(v) == 0 || m.chance(30) {
			return " " + m.inline(v) + m.comment(m.noise, "  ") + "\n"
		}
		b.WriteString(m.comment(m.noise, " ") + "\n")
		for _, f := range v {
			b.WriteString(m.between() + margin + f.key + ":" + m.block(f.value, deeper))
		}
	case []any:
		if len(v) == 0 || m.chance(30) {
			return " " + m.inline(v) + m.comment(m.noise, "  ") + "\n"
		}
		b.WriteString(m.comment(m.noise, " ") + "\n")
		for _, e := range v {
			b.WriteString(m.between() + margin + "-" + m.block(e, deeper))
		}
	}
	return b.String()
}

func (m *messy) file(documents int) string {
	var b strings.Builder
	for i := range documents {
		if i > 0 {
			b.WriteString("---" + m.comment(m.noise, " ") + "\n")
		}
		top := append([]field{{"graph", "v1"}}, m.graph()...)
		if documents > 1 {
			top = append(top, field{"name", fmt.Sprintf("g%d", i)})
		}
		for _, f := range m.some(100, top...) {
			b.WriteString(m.between() + f.key + ":" + m.block(f.value, 0))
		}
		b.WriteString(m.between())
	}
	return b.String()
}

// TestFormatMessy formats generated files: nothing they say and no comment may be lost, and a second time changes nothing.
func TestFormatMessy(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "seed")
		m := &messy{Rand: rand.New(rand.NewPCG(seed, 0)), noise: rapid.IntRange(0, 25).Draw(t, "noise")}
		file := []byte(m.file(rapid.IntRange(1, 3).Draw(t, "documents")))
		if _, diags := Format(file); len(diags) > 0 {
			t.Fatalf("%v\n%s", diags, file)
		}
		w, docs, _ := read("", "format", file)
		if n := len(w.src.comments(docs)); n > m.comments {
			t.Fatalf("%d comments were written, %d found in\n%s", m.comments, n, file)
		}
		checkFormat(t, file)
	})
}
