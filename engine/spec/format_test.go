package spec

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files")

// formatCase is a file and its canonical form. An empty want says that the file is in it.
type formatCase struct{ name, in, want string }

func formatCases() []formatCase {
	return append(layoutCases(), commentCases()...)
}

func layoutCases() []formatCase {
	return []formatCase{
		{"empty", "", ""},
		{"blank", " \n\n", ""},
		{"only comments", "\n#  a \n\n# b", "#  a\n\n# b\n"},
		{"version alone", "graph:   'v1'", head},
		{"order", "tests: []\npolicy: {end: never}\nexports: {a: b.c}\nlinks: [a -> b]\nnodes: {b: c}\nroute: [boot]\n" +
			"params: {x: int}\nlabels: {k: v}\nabout: x\ngraph: v1\n",
			head + "about: x\n\nlabels:\n  k: v\n\nparams:\n  x: int\n\nroute:\n  - boot\n\n" +
				"nodes:\n  b: c\n\nlinks:\n  - a -> b\n\nexports:\n  a: b.c\n\npolicy:\n  end: never\n\ntests: []\n"},
		{"documents", "---\ngraph: v1\nname: a\n...\n---\nname: b\ngraph: v1\n", head + "name: a\n---\n" + head + "name: b\n"},
		{"short forms", head + `
params:
  a: {type: string}
  b: {type: string, default: x}
  c:
    type: int
route:
  - {event: boot}
  - {event: rtmp.publish, path: "/{stream...}"}
  - {path: "/x", event: ws.play}
  - {event: a, path: "/x y"}
  - {event: a, share: $x}
nodes:
  a: {element: x264enc}
  b: {element: x264enc, set: {}}
  c: {set: {bitrate: 1, text: 'a b', e: "", n: "5", q: 'say "x\'}, element: x264enc}
  d: {element: x264enc, lazy: 10s}
  e: {element: x, set: {list: [a]}}
  f: {element: x, set: {n: ~}}
  l: {element: x, set: {n: }}
  g: x264enc   a="b"  c="d e" f="6"
  h: {element: x, set: {"a b": c}}
  i: {element: x, set: {a: "two\nlines"}}
  m: {element: x, set: {"a=b": c}}
  n: {element: x, set: {a: "\rb"}}
  j: {use: a/b}
  k: x264enc text="a
    b"
links:
  - {from: a, to: b}
  - {to: b.sink_%u, from: a.b, caps: "video/x-raw,width=1"}
  - {from: a, to: b, queue: {time: 1s}}
  - {from: a, to: b, caps: "x]"}
  - a->b ->[ x ]->c
  - "a -> b"
`, head + `
params:
  a: string
  b: {type: string, default: x}
  c: int

route:
  - boot
  - rtmp.publish /{stream...}
  - ws.play /x
  - {event: a, path: /x y}
  - {event: a, share: $x}

nodes:
  a: x264enc
  b: x264enc
  c: x264enc bitrate=1 text="a b" e="" n="5" q="say \"x\\"
  d: {element: x264enc, lazy: 10s}
  e: {element: x, set: {list: [a]}}
  f: x n=~
  l: x n=null
  g: x264enc a=b c="d e" f="6"
  h: {element: x, set: {a b: c}}
  i: {element: x, set: {a: "two\nlines"}}
  m: {element: x, set: {a=b: c}}
  n: {element: x, set: {a: "\rb"}}
  j: {use: a/b}
  k: x264enc text="a b"

links:
  - a -> b
  - a.b -> [video/x-raw,width=1] -> b.sink_%u
  - {from: a, to: b, queue: {time: 1s}}
  - {from: a, to: b, caps: "x]"}
  - a -> b -> [x] -> c
  - a -> b
`},
		{"blanks in caps", head + `
links:
  - a -> [video/x-raw , format = I420 ] -> b
  - "a -> [video/x-raw( memory:A , memory:B ) , framerate = (fraction) 25/1 ; audio/x-raw ,rate=[ 1 , 5 ]] -> b"
  - 'a -> [x/y , a = "b , c=\" ; " , d=e\ , f = $(g) ] -> b'
  - {from: a, to: b, caps: "x/y ,  w = $(w)"}
  - {from: a, to: b, caps: "x/y , w = 1", queue: {time: 1s}}
`, head + `
links:
  - a -> [video/x-raw,format=I420] -> b
  - a -> [video/x-raw( memory:A , memory:B ),framerate=(fraction) 25/1;audio/x-raw,rate=[ 1,5 ]] -> b
  - a -> [x/y,a="b , c=\" ; ",d=e\ ,f=$(g)] -> b
  - a -> [x/y,w=$(w)] -> b
  - {from: a, to: b, caps: "x/y , w = 1", queue: {time: 1s}}
`},
		{"quotes", head + `
labels:
  a: 'plain'
  b: "on"
  c: '5'
  d: 5
  e: "a: b"
  f: 'it''s'
  g: "say \"hi\""
  h: "both ' and \""
  i: "tab\there"
  j: " edge"
  k: "#no"
  l: "a #b"
  m: "\u2028\x01\U0001F600"
  n: "- a"
  o: "-a"
  p: ""
  q: "2024-01-01"
  r: 2024-01-01
  s: "1_000"
  t: "---"
  u: "null"
  v: "<<"
  w: "x:"
  x: "é"
  "y: z": "[a"
  7: x
  "8": x
  "true": x
  'a"b': "\\"
`, head + `
labels:
  a: plain
  b: "on"
  c: "5"
  d: 5
  e: "a: b"
  f: it's
  g: say "hi"
  h: both ' and "
  i: "tab\there"
  j: " edge"
  k: "#no"
  l: "a #b"
  m: "\u2028\x01😀"
  n: "- a"
  o: -a
  p: ""
  q: "2024-01-01"
  r: "2024-01-01"
  s: "1_000"
  t: "---"
  u: "null"
  v: "<<"
  w: "x:"
  x: é
  "y: z": "[a"
  7: x
  "8": x
  "true": x
  a"b: \
`},
		{"quotes in brackets", head + "params:\n  a: {type: list, default: ['a,b', \"c?\", 'd[', e, \"rtsp://x:1/y\", ~, {k: , l}, 5, \"6\"]}\n",
			head + "\nparams:\n  a: {type: list, default: [\"a,b\", \"c?\", \"d[\", e, rtsp://x:1/y, ~, {k: null, l: null}, 5, \"6\"]}\n"},
		{"several lines", head + `
about: >
  One
  sentence.
labels:
  a: |
    one
      two

    three
  b: |-
    one
    two
  c: "\n x"
  d: |+
    one

  e: |2
     x
  f: |
    a
     
    b
`, head + `about: One sentence.

labels:
  a: |
    one
      two

    three
  b: |-
    one
    two
  c: "\n x"
  d: "one\n\n"

  e: " x\n"
  f: "a\n \nb\n"
`},
		{"wide", head + "\nparams:\n  a: {type: enum, of: [" + strings.Repeat("word, ", 17) + "end], about: too long}\n",
			head + "\nparams:\n  a:\n    type: enum\n    of: [" + strings.Repeat("word, ", 17) + "end]\n    about: too long\n"},
		{"blocks stay", head + "\npolicy:\n  end:\n    when:\n      - a\n      - - b\n        - c\n      - d: e\n\n        f: g\n", ""},
		{"blank lines", head + "\n\n\nlabels:\n\n  a: b\n\n\n  c: d\n  e: f\n\n", head + "\nlabels:\n  a: b\n\n  c: d\n  e: f\n"},
		{"Windows", "\xef\xbb\xbfgraph: v1\r\nlabels:\r\n  a: \"b\"\r\n", head + "\nlabels:\n  a: b\n"},
	}
}

func TestFormat(t *testing.T) {
	for _, c := range formatCases() {
		t.Run(c.name, func(t *testing.T) {
			want := c.want
			if want == "" && strings.TrimSpace(c.in) != "" {
				want = c.in
			}
			got, diags := Format([]byte(c.in))
			if len(diags) > 0 {
				t.Fatalf("diagnostics: %v", diags)
			}
			if string(got) != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
			checkFormat(t, []byte(c.in))
		})
	}
}

// TestFormatExamples compares the formatted example graphs with golden files.
func TestFormatExamples(t *testing.T) {
	for name, data := range examples(t) {
		got, diags := Format(data)
		if len(diags) > 0 {
			t.Errorf("%s: %v", name, diags)
			continue
		}
		checkFormat(t, data)
		golden := filepath.Join("testdata", "format", name)
		if *update {
			if err := os.WriteFile(golden, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != string(want) {
			t.Errorf("%s is formatted\n%s", name, got)
		}
	}
}

func TestFormatRefuses(t *testing.T) {
	for _, c := range parseCases() {
		_, parsed := Parse("", "live/f", []byte(c.in))
		out, diags := Format([]byte(c.in))
		if c.name == "version not first" {
			if string(out) != head+"about: x\n" {
				t.Errorf("graph: was not moved to the front: %q, %v", out, diags)
			}
			continue
		}
		if len(parsed) > 0 && (out != nil || len(diags) != len(parsed)) {
			t.Errorf("%s: got %q, %v; want the diagnostics %v", c.name, out, diags, parsed)
		}
	}
}
