package spec

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// place says how the place of an error of YAML is found.
type place uint8

const (
	atProblem place = iota // the end of the shortest beginning of the file that fails in the same way
	atLine                 // the line yaml.v3 names, where the thing began that was not ended
	atQuote                // the quote on that line
	atOpening              // the bracket on the line after the one yaml.v3 names
)

// syntaxWord translates one message of yaml.v3.
type syntaxWord struct {
	theirs, code, ours, hint string
	at                       place
}

func syntaxWords() []syntaxWord {
	const (
		flow     = "inside brackets, text with any of , ? [ ] { } must be in quotes"
		unclosed = "add the closing quote"
	)
	return []syntaxWord{
		{"mapping values are not allowed", CodeSyntax, `a ":" is not expected here`, `put a text that contains ": " in quotes`, atProblem},
		{"did not find expected ',' or '}'", CodeSyntax, `this map lacks a "," or its "}"`, flow, atOpening},
		{"did not find expected ',' or ']'", CodeSyntax, `this list lacks a "," or its "]"`, flow, atOpening},
		{"did not find expected key", CodeSyntax, "a key is expected here", "keys of one map begin in the same column", atProblem},
		{"did not find expected '-' indicator", CodeSyntax, `"- " is expected here`,
			`items of one list begin in the same column; text that begins with "[" or "{" must be in quotes`, atProblem},
		{"did not find expected node content", CodeSyntax, "a value is expected here", "put text that begins like this in quotes", atProblem},
		{"could not find expected ':'", CodeSyntax, `this line has no ":"`, `a key is followed by ": " and its value`, atLine},
		{"found unexpected end of stream", CodeSyntax, "this quoted text is not closed", unclosed, atQuote},
		{"found unexpected document indicator", CodeSyntax, "this quoted text is not closed", unclosed, atQuote},
		{"found unknown escape character", CodeSyntax, `unknown "\" escape`,
			`in double quotes write "\\" for "\", or use single quotes`, atProblem},
		{"found a tab character", CodeSyntax, "a tab is used for indentation", "indent with spaces", atProblem},
		{"did not find expected <document start>", CodeSyntax, "a new document needs a line with ---", "", atProblem},
		{"exceeded max depth", CodeTooDeep, "values are nested too deeply", "no graph needs more than 32 levels", atProblem},
	}
}

// syntaxError reports what yaml.v3 could not read, in our words and with a place. yaml.v3 gives at best a line.
func (w *walker) syntaxError(err error) {
	line, msg := splitMessage(err)
	if name, ok := strings.CutPrefix(msg, "unknown anchor '"); ok {
		alias := "*" + strings.TrimSuffix(name, "' referenced")
		w.meetAnchor(w.src.pos(max(0, strings.Index(w.src.text, alias))), "alias")
		return
	}
	if strings.HasPrefix(msg, "found character that cannot start") {
		w.cannotStart(w.problem(line, msg))
		return
	}
	for _, word := range syntaxWords() {
		if !strings.HasPrefix(msg, word.theirs) {
			continue
		}
		var pos Pos
		switch word.at {
		case atProblem:
			pos = w.problem(line, msg)
		case atLine:
			pos = w.lineStart(max(line, 1))
		case atQuote:
			pos = w.quote(max(line, 1))
		case atOpening:
			pos = w.opening(line + 1)
		}
		w.errorf(pos, word.code, "%s", word.ours).Hint = word.hint
		return
	}
	w.errorf(w.problem(line, msg), CodeSyntax, "%s", msg)
}

// splitMessage takes "yaml: line 3: message" apart. Without a line, it is 0.
func splitMessage(err error) (int, string) {
	msg := strings.TrimPrefix(err.Error(), "yaml: ")
	if rest, ok := strings.CutPrefix(msg, "line "); ok {
		if number, tail, ok := strings.Cut(rest, ": "); ok {
			if line, err := strconv.Atoi(number); err == nil {
				return line, tail
			}
		}
	}
	return 0, msg
}

// cannotStart reports a character that begins no value: mostly a tab, or one that YAML keeps for itself.
func (w *walker) cannotStart(pos Pos) {
	c, _ := utf8.DecodeRuneInString(w.src.text[w.src.offset(pos.Line, pos.Col):])
	if c == '\t' {
		w.errorf(pos, CodeSyntax, "a tab is used for indentation").Advise("indent with spaces")
		return
	}
	w.errorf(pos, CodeSyntax, "%q cannot begin a value", c).Advise("put the text in quotes")
}
