package spec

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// parseCase is a file and the diagnostics it gets, one a line, as "line:col code message-part".
type parseCase struct {
	name, in string
	want     []string
}

const head = "graph: v1\n"

func parseCases() []parseCase {
	return slices.Concat(syntaxCases(), shapeCases(), nodeCases(), linkCases(), nameCases())
}

func syntaxCases() []parseCase {
	return []parseCase{
		{"empty", "", nil},
		{"only comments", "# nothing\n\n# here\n", nil},
		{"only a document mark", "---\n", nil},
		{"colon in text", head + "about: Note: this\n", []string{`2:12 yaml_syntax ":" is not expected`}},
		{"brace not closed", head + "params:\n  a: {type: int\n", []string{`3:6 yaml_syntax this map lacks`}},
		{"bracket not closed on line 1", "a: [b", []string{`1:4 yaml_syntax this list lacks`}},
		{"question mark in braces", head + "links:\n  - {from: a.video?, to: b}\n", []string{`3:19 yaml_syntax this map lacks`}},
		{"address in braces", head + "params:\n  u: {type: uri, default: http://h/?a=b}\n", []string{`3:36 yaml_syntax this map lacks`}},
		{"quote not closed", head + "about: \"x\nnodes:\n", []string{`2:8 yaml_syntax this quoted text is not closed`}},
		{"quote runs into next document", head + "about: 'x\n---\n", []string{`2:8 yaml_syntax this quoted text is not closed`}},
		{"bracket not closed and none on the line", "? [\n b\n: c\nd: [", []string{`1:3 yaml_syntax`}},
		{"document mark in a quote", "graph: 'v1\n---\n", []string{`1:8 yaml_syntax`}},
		{"quotes before the question mark", head + "params: {a: \"?\", b: '?', \"c\\\"?\": x?}\n", []string{`2:35 yaml_syntax this map`}},
		{"tab", head + "nodes:\n\ta: b\n", []string{`3:1 yaml_syntax a tab`}},
		{"reserved character", head + "about: @x\n", []string{`2:8 yaml_syntax '@' cannot begin`}},
		{"indentation", head + "nodes:\n  a: b\n c: d\n", []string{`4:2 yaml_syntax a key is expected`}},
		{"no colon", head + "nodes\nlinks: []\n", []string{`2:1 yaml_syntax this line has no ":"`}},
		{"word between keys", "a: b\nfoo\nc: d\n", []string{`2:1 yaml_syntax this line has no ":"`}},
		{"chain begins with caps", head + "links:\n  - [video/x-raw] -> x\n", []string{`3:20 yaml_syntax "- " is expected`}},
		{"escape", head + `about: "a\q"` + "\n", []string{`2:10 yaml_syntax unknown "\" escape`}},
		{"lone bracket", head + "about: ]\n", []string{`2:8 yaml_syntax a value is expected`}},
		{"directive", "%YAML 1.1\n---\n" + head, []string{`1:1 yaml_syntax YAML directives`}},
		{"text after the end", head + "...\nabout: x\n", []string{`3:1 yaml_syntax a new document needs`}},
		{"anchor, alias and merge", head + "labels: &l {a: b}\nparams: *l\nnodes:\n  <<: *l\n", []string{
			`2:9 anchor_refused a YAML anchor is refused, and 3 more`,
		}},
		{"anchor bomb", bomb(), []string{`3:29 anchor_refused a YAML anchor is refused, and 80 more`}},
		{"merge key alone", head + "labels:\n  <<: {a: b}\n", []string{`3:3 anchor_refused a YAML merge key is refused (`}},
		{"anchors of two documents", head + "name: &a x\n---\n" + head + "name: &a y\nabout: *a\n---\nabout: *b\n", []string{
			`2:7 anchor_refused a YAML anchor is refused, and 3 more`,
		}},
		{"anchor and nothing", "&a\n", []string{`1:1 anchor_refused`}},
		{"alias of nothing", head + "nodes: *x\n", []string{`2:8 anchor_refused alias`}},
		{"tags", head + "about: !!str x\nlabels: {a: ! b}\n", []string{`2:8 tag_refused tag`, `3:13 tag_refused tag`}},
		{"not UTF-8", head + "about: \xff\xfe\n", []string{`2:8 not_text byte 0xff is not UTF-8 text (save the file as UTF-8)`}},
		{"Latin-1", head + "about: " + strings.Repeat("\xe4", 50) + "\n", []string{`2:8 not_text (save the file as UTF-8)`}},
		{"UTF-16", "\xff\xfeg\x00r\x00", []string{`1:1 not_text (save the file as UTF-8)`}},
		{"bell", head + "about: the first bell \x07\n", []string{`2:23 not_text written as "\u0007"`}},
		{"NUL", head + "about: \x00\n", []string{`2:8 not_text character U+0000 may not stand in a file (this is not a text file`}},
		{"picture", "\x89PNG\r\n\x1a\n\x00\x00", []string{`1:1 not_text byte 0x89 is not UTF-8 text (this is not a text file`}},
		{"junk", "\x03\xd8\x1b\x7fab\x01\x02\xf1\x0e", []string{`1:1 not_text (this is not a text file`}},
		{"line separator", head + "about: é\u2028\n", []string{`2:9 not_text character U+2028`}},
		{"lone carriage return", "graph: v1\rabout: x\n", []string{`1:10 not_text stands alone (save the file with Unix line endings)`}},
		{"carriage return in a line", head + "about: a\rb\r\nlabels: {}\r\n", []string{`2:9 not_text Unix line endings`}},
		{"Windows", "\xef\xbb\xbfgraph: v1\r\nabut: x\r\n", []string{`2:1 unknown_key did you mean "about"`}},
		{"deep", head + "labels: " + strings.Repeat("[", 40) + strings.Repeat("]", 40), []string{`2:40 too_deep`}},
		{"very deep", head + "labels: " + strings.Repeat("[", 20_000), []string{`2:10009 too_deep`}},
		{"large", strings.Repeat("#", maxBytes+1), []string{`1:1 file_too_large 1048577 bytes`}},
		{"many values", head + "labels: [" + strings.Repeat("a,", maxValues) + "]", []string{`1:1 too_many_values`}},
	}
}

// bomb is what would fill memory if aliases were followed: nine lists, each of nine times the one before.
func bomb() string {
	text := head + "params:\n  p0: {type: list, default: &a0 [x]}\n"
	for i := range 8 {
		text += fmt.Sprintf("  p%d: {type: list, default: &a%d [%s]}\n", i+1, i+1, strings.Repeat(fmt.Sprintf("*a%d, ", i), 9))
	}
	return text
}

func shapeCases() []parseCase {
	return []parseCase{
		{"not a map", "- a\n", []string{`1:1 wrong_kind a graph must be a map, this is a list`}},
		{"text", "hello\n", []string{`1:1 wrong_kind a graph must be a map, this is text`}},
		{"no version", "about: x\n", []string{`1:1 missing_key needs the key "graph"`}},
		{"version misspelt", "grahp: v1\n", []string{`1:1 unknown_key did you mean "graph"`}},
		{"version unknown", "graph: v2\n", []string{`1:8 bad_version "v2"`}},
		{"version not first", "about: x\ngraph: v1\n", []string{`2:1 bad_version first key`}},
		{"sections of the wrong kind", head + "params: []\nroute: {}\nnodes: []\nlinks: a\n" +
			"exports: x\npolicy: 5\ntests: {}\nlabels: true\n", []string{
			`2:9 wrong_kind "params" must be a map, this is a list`, `3:8 wrong_kind "route" must be a list, this is a map`,
			`4:8 wrong_kind "nodes" must be a map`, `5:8 wrong_kind "links" must be a list, this is text`,
			`6:10 wrong_kind "exports" must be a map`, `7:9 wrong_kind "policy" must be a map, this is a number`,
			`8:8 wrong_kind "tests" must be a list`, `9:9 wrong_kind "labels" must be a map, this is true or false`,
		}},
		{"empty sections", head + "params:\nroute:\nnodes:\nlinks:\nexports:\npolicy:\ntests:\nlabels:\n", nil},
		{"keys", head + "labels:\n  a: 1\n  \"a\": 2\n  [b]: 3\n  ~: 4\n  no: 5\n  " + strings.Repeat("k", 201) + ": 6\n", []string{
			`4:3 duplicate_key "a" is written twice in "labels"`, `5:3 wrong_kind a key of "labels" must be text, this is a list`,
			`6:3 wrong_kind a key of "labels" is empty`, `7:3 yaml_boolean bare "no"`, `8:3 bad_name 201 bytes`,
		}},
		{"labels", head + "labels: {a: on, b: [x], c: , d: 'on'}\n", []string{
			`2:13 yaml_boolean "on"`, `2:20 wrong_kind the label "b" must be text`, `2:28 wrong_kind the label "c" is empty`,
		}},
		{"params", head + "params:\n  A: int\n  b: [int]\n  c: {typ: int}\n  d: {default: 1}\n" +
			"  e: {type: enum, of: [on, off]}\n  f: {type: enum, of: a}\n  g:\n  h: int\n", []string{
			`3:3 bad_name write "a"`, `4:6 wrong_kind the parameter "b" must be text`, `5:7 unknown_key did you mean "type"`,
			`6:6 missing_key needs the key "type"`, `7:24 yaml_boolean "on"`, `7:28 yaml_boolean "off"`, `8:23 wrong_kind "of" must be a list`,
			`9:5 wrong_kind the parameter "g" is empty`,
		}},
		{"routes", head + "route:\n  - on: x\n  - {on: x}\n  - {\"on\": x}\n  - a b c\n" +
			"  - Foo /x\n  - [a]\n  -\n  - {event: x, share: [a]}\n  - {event: X y}\n" +
			"  - true\n  - boot\n  - " + strings.Repeat("a", maxShort+1) + "\n", []string{
			`3:5 yaml_boolean the key is "event:"`, `4:6 yaml_boolean the key is "event:"`,
			`5:5 missing_key a route needs the key "event"`, `5:6 unknown_key its keys are event, path`,
			`6:9 bad_route "c" after`, `7:5 bad_route "Foo" is not an event`, `8:5 wrong_kind a route must be a map, this is a list`,
			`9:4 wrong_kind a route is empty`, `10:23 wrong_kind "share" must be a single value, this is a list`,
			`11:13 bad_route "X y" is not an event`, `12:5 yaml_boolean`, `14:5 bad_route more than 8192`,
		}},
		{"policy", head + "policy: {stal: 2, start: [1], stall: , restart: {on: error}, end: {wen: [a]}, worker: own}\n", []string{
			`2:10 unknown_key did you mean "stall"`, `2:26 wrong_kind "start" must be a single value`, `2:31 wrong_kind "stall" is empty`,
			`2:50 yaml_boolean the key is "when:"`, `2:68 unknown_key did you mean "when"`,
		}},
		{"tests", head + "tests:\n  - expect: {}\n  - a\n  - {name: x, exect: {}, limit: {}, with: [], mock: {a: {b: 1, b: 2}}}\n" +
			"  - {name: y, mock: [a], given: a}\n  - {name: z, mock: {a: {set: {}}, b: [], c: \"x ! y\", d: {element: a b}}}\n", []string{
			`3:5 missing_key needs the key "name"`, `4:5 wrong_kind a test must be a map`, `5:15 unknown_key did you mean "expect"`,
			`5:33 wrong_kind "limit"`, `5:43 wrong_kind "with" must be a map`, `5:58 unknown_key`, `5:64 duplicate_key "b"`,
			`6:21 wrong_kind "mock" must be a map`, `6:33 wrong_kind "given" must be a map`,
			`7:25 missing_key what replaces "a" needs the key "element"`, `7:39 wrong_kind what replaces "b"`, `7:49 bad_node`, `7:68 bad_node`,
		}},
		{"tests of one name", head + "tests:\n  - {name: x}\n  - {name: y}\n  - {name: x}\n  - {with: {}}\n  - {with: {}}\n", []string{
			`5:12 bad_name two tests are called "x" (the first is on line 3`,
			`6:5 missing_key`, `7:5 missing_key`,
		}},
		{"ignores", head + "# lint:ignore\n# lint:ignore code\n#lint:ignore code why not\n" +
			"about: \"# lint:ignore\"\n# lint:ignored is a word\n", []string{
			`2:1 bad_ignore`, `3:1 bad_ignore`, `6:1 bad_ignore`,
		}},
		{"many errors", head + "nodes:\n" + strings.Repeat("  X:\n", 3) + "labels:\n" + strings.Repeat("  on: x\n", 120), nil},
	}
}

func nodeCases() []parseCase {
	node := func(name, text string, want ...string) parseCase {
		return parseCase{name, head + "nodes:\n  a: " + text + "\n", want}
	}
	return []parseCase{
		node("empty node", "", `3:5 wrong_kind the node "a" is empty`),
		node("node is a boolean", "off", `3:6 yaml_boolean bare "off"`),
		node("node is a list", "[x]", `3:6 wrong_kind the node "a" must be a map, this is a list`),
		node("neither element nor use", "{lazy: 5s}", `3:6 missing_key "element" or "use"`),
		node("both", "{element: x, use: y}", `3:19 bad_node both "element" and "use"`),
		node("element misspelt", "{elment: x, set: {b: 1}}", `3:7 unknown_key did you mean "element"`),
		node("set without element", "{use: y, set: {b: 1}}", `3:15 bad_node "set" without "element"`),
		node("with and each without use", "{element: y, with: {}, each: $x}",
			`3:19 bad_node "with" without "use"`, `3:29 bad_node "each" without "use"`),
		node("element with properties", "{element: x264enc bitrate=1}", `3:16 bad_node "x264enc bitrate=1" is not the name`),
		node("use with a suffix", "{use: ../Seat.yaml}", `3:12 bad_name not the name of a graph`),
		node("on_error", "{element: x, on_error: dorp}", `3:29 bad_choice did you mean "drop"`),
		node("on_error unknown", "{element: x, on_error: explode}", `3:29 bad_choice one of fail, drop, restart`),
		node("lazy", "{element: x, lazy: {a: b}}", `3:25 wrong_kind "lazy" must be a single value`),
		node("fallback", "{element: x, fallback: {node: a}}", `3:29 missing_key "fallback" needs the key "after"`),
		node("fallback as text", "{element: x, fallback: a}", `3:29 wrong_kind "fallback" must be a map, this is text`),
		node("queue", "{element: x, queue: {time: 1s, drop: olddest}}", `3:43 bad_choice did you mean "oldest"`),
		node("each", "{use: x, each: {max: 3}}", `3:21 missing_key needs the key "key"`),
		node("each of nothing", "{use: x, each: }", `3:21 wrong_kind "each"`),
		node("text of a quoted node", `"fakesink a=1 'b"`, `3:20 bad_node "'b" is not "key=value"`),
		node("text of a node with escapes", `"fakesink \u0061=1 \tb"`, `3:27 bad_node "b" is not`),
		node("text of a node with numbered escapes", `"fakesink \x61=\U0001F600 b"`, `3:32 bad_node "b" is not`),
		node("text of a node with an escape we do not place", `"fakesink \e"`, `3:6 bad_node`),
		node("text of a quoted node on two lines", "\"fakesink\n    b\"", `3:6 bad_node "b" is not`),
		node("text of a quoted node with a long break", "\"fakesink \\\n    b\"", `3:6 bad_node "b" is not`),
		node("long text", "a"+strings.Repeat(" b=c", maxShort/4), `3:6 bad_node 8193 bytes`),
		node("alias in a property", "{element: a, set: {b: *x}, about: &x y}", `3:28 anchor_refused alias`),
		node("text of a node in single quotes", "'fakesink a=it''s b'", `3:24 bad_node "b" is not`),
		node("text of a folded node", ">\n    fakesink\n    b", `3:6 bad_node "b" is not`),
		node("text over two lines", "fakesink\n    b", `3:6 bad_node "b" is not`),
		node("wide characters", "fakesink name=日本 b", `3:23 bad_node "b" is not`),
		{"node names", head + "nodes:\n  B-c: x\n  1: x\n  true: x\n  a.b: x\n  ü: x\n", []string{
			`3:3 bad_name write "b_c"`, `4:3 bad_name "1"`, `5:3 yaml_boolean`, `6:3 bad_name write "a_b"`, `7:3 bad_name "ü"`,
		}},
	}
}

func linkCases() []parseCase {
	link := func(name, text string, want ...string) parseCase {
		return parseCase{name, head + "links:\n  - " + text + "\n", want}
	}
	return []parseCase{
		link("one node", "a", `3:5 bad_chain two nodes`),
		link("wrong arrow", "aa => b", `3:8 bad_chain write "->"`),
		link("launch", "a ! b", `3:7 bad_chain gst-launch`),
		link("arrow at the end", "a -> b ->", `3:14 bad_chain ends where a node`),
		link("caps first", `"[x] -> b"`, `3:6 bad_chain begins with a node`),
		link("caps last", "a -> [x]", `3:10 bad_chain ends with a node`),
		link("caps open", "a -> [x,y=[1,2]", `3:10 bad_chain not closed`),
		link("caps empty", "a -> [ ] -> b", `3:10 bad_chain empty`),
		link("pad missing", "a. -> b", `3:7 bad_chain a pad's name`),
		link("key", "a.x[B] -> b", `3:9 bad_chain needs a node's name`),
		link("long text", "a"+strings.Repeat("->a", maxShort/3+1), `3:5 bad_chain more than 8192`),
		link("long long form", "{from: a, to: "+strings.Repeat("b", maxShort+1)+"}", `3:19 bad_chain more than 8192`),
		link("upper case", "a -> Bb", `3:10 bad_chain "Bb" is not a node`),
		link("no arrow", "a b", `3:7 bad_chain "b" where "->"`),
		link("list", "[a -> b]", `3:5 wrong_kind in quotes`),
		link("map", "a -> b: c", `3:5 missing_key "from"`, `3:5 missing_key "to"`, `3:5 unknown_key "a -> b"`),
		link("long", "{from: a b, too: c, caps: [x]}",
			`3:14 bad_chain "b" after the node`, `3:17 unknown_key did you mean "to"`, `3:31 wrong_kind "caps" must be text`),
		link("long with empty caps", "{from: a, to: b, caps: ''}", `3:28 bad_chain empty`),
		link("long of wrong values", "{from: [a], to: , queue: {drop: x}, pad: y}",
			`3:12 wrong_kind "from" must be text`, `3:21 wrong_kind "to" is empty`, `3:37 bad_choice`, `3:46 wrong_kind "pad"`),
		{"exports", head + "exports: {a: b, c: d.e?, f: g.h[i], J: k.l, m: n o, p: }\n", []string{`2:23 yaml_syntax this map`}},
		{"exports too", head + "exports:\n  a: b\n  c: d.e?\n  f: g.h[i]\n  J: k.l\n  m: n.o p\n  q:\n", []string{
			`3:6 bad_chain one pad of a node`, `4:6 bad_chain one pad`, `5:6 bad_chain one pad`, `6:3 bad_name "J"`, `7:10 bad_chain "p" after`,
			`8:5 wrong_kind the export "q" is empty`,
		}},
	}
}

func nameCases() []parseCase {
	return []parseCase{
		{"name alone", head + "name: x\n", []string{`2:7 bad_name only for files of several`}},
		{"no names", head + "---\n" + head, []string{`1:1 missing_key needs "name"`, `3:1 missing_key needs "name"`}},
		{"same names", head + "name: a\n---\n" + head + "name: a\n", []string{`5:7 bad_name the first is on line 2`}},
		{"bad names", head + "name: A\n---\n" + head + "name: [x]\n", []string{`2:7 bad_name "A"`, `5:7 wrong_kind`}},
		{"empty document", head + "name: a\n---\n", []string{`4:1 missing_key an empty document`}},
		{"one document is no map", head + "name: a\n---\nx\n", []string{`4:1 wrong_kind a graph must be a map`}},
		{"second document is no YAML", head + "name: a\n---\na: b: c\n", []string{`4:5 yaml_syntax`}},
	}
}

func TestParseDiagnostics(t *testing.T) {
	for _, c := range parseCases() {
		t.Run(c.name, func(t *testing.T) {
			_, diags := Parse("f.yaml", "live/f", []byte(c.in))
			if c.name == "many errors" {
				if len(diags) != maxErrors+1 || diags[maxErrors].Code != CodeTooManyErrors || !strings.Contains(diags[maxErrors].Msg, "23 more") {
					t.Errorf("%d diagnostics, the last %v", len(diags), diags[len(diags)-1])
				}
				return
			}
			for i, d := range diags {
				got := strings.TrimPrefix(d.String(), "f.yaml:")
				if i >= len(c.want) || !matches(got, c.want[i]) {
					t.Errorf("got  %s", got)
				}
			}
			if t.Failed() || len(diags) != len(c.want) {
				t.Errorf("want\n%s", strings.Join(c.want, "\n"))
			}
		})
	}
}

// matches compares "3:5: error[code]: message (hint)" with "3:5 code part".
func matches(got, want string) bool {
	words := strings.SplitN(want, " ", 3)
	prefix := words[0] + ": error[" + words[1] + "]: "
	return strings.HasPrefix(got, prefix) && (len(words) < 3 || strings.Contains(got, words[2]))
}
