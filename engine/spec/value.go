package spec

import (
	"strings"

	"gopkg.in/yaml.v3"
)

// value turns any YAML value into a Value.
func (w *walker) value(n *yaml.Node, what string) Value {
	v := Value{Pos: w.at(n)}
	switch n.Kind {
	case yaml.MappingNode:
		v.Kind = Map
		v.Entries = w.entries(n, what)
	case yaml.SequenceNode:
		v.Kind = List
		for _, c := range n.Content {
			v.Items = append(v.Items, w.value(c, what))
		}
	case yaml.AliasNode:
		w.faults++ // reported with the anchors
	default:
		v.Kind, v.Text = scalarKind(n), n.Value
	}
	return v
}

// text reads a scalar that must be text. Numbers are text too: "about: 2024" needs no quotes.
func (w *walker) text(n *yaml.Node, what string) (Text, bool) {
	switch {
	case n.Kind != yaml.ScalarNode:
		w.wrongKind(n, what, "text")
	case empty(n):
		w.errorf(w.at(n), CodeWrongKind, "%s is empty", what).Advise("write a text, or leave it out")
	case yamlBoolean(n):
		w.errorf(w.at(n), CodeYAMLBoolean, "%s must be text, and many YAML tools read a bare %q as true or false", what, n.Value).
			Advise("write it in quotes: %q", n.Value)
	default:
		return Text{n.Value, w.at(n)}, true
	}
	return Text{}, false
}

// scalarKind is the kind of a scalar: quoted and block text is a String, plain text what it looks like.
func scalarKind(n *yaml.Node) Kind {
	if n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		return String
	}
	return plainKind(n.Value)
}

// plainKind tells the kind of an unquoted text by the core schema of YAML 1.2 (section 10.3.2).
func plainKind(s string) Kind {
	switch s {
	case "", "~", "null", "Null", "NULL":
		return Null
	case "true", "True", "TRUE", "false", "False", "FALSE":
		return Bool
	case ".nan", ".NaN", ".NAN":
		return Float
	}
	if c := s[0]; c > '9' || c < '+' {
		return String // the usual case, decided at once
	}
	return numberKind(s)
}

func numberKind(s string) Kind {
	if rest, ok := strings.CutPrefix(s, "0o"); ok {
		return kindIf(Int, onlyOf(rest, "01234567"))
	}
	if rest, ok := strings.CutPrefix(s, "0x"); ok {
		return kindIf(Int, onlyOf(rest, "0123456789abcdefABCDEF"))
	}
	s = strings.TrimLeft(s[:1], "+-") + s[1:]
	switch s {
	case ".inf", ".Inf", ".INF":
		return Float
	}
	whole, s := digits(s)
	if s == "" {
		return kindIf(Int, whole > 0)
	}
	if s[0] == '.' {
		var after int
		after, s = digits(s[1:])
		whole += after
	}
	if whole > 0 && s != "" && (s[0] == 'e' || s[0] == 'E') {
		var power int
		s = s[1:]
		if s != "" && (s[0] == '+' || s[0] == '-') {
			s = s[1:]
		}
		power, s = digits(s)
		whole = min(whole, power)
	}
	return kindIf(Float, whole > 0 && s == "")
}

func kindIf(k Kind, is bool) Kind {
	if is {
		return k
	}
	return String
}

func onlyOf(s, set string) bool { return s != "" && strings.Trim(s, set) == "" }

// digits counts the decimal digits at the start of s and gives what follows them.
func digits(s string) (int, string) {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n, s[n:]
}
