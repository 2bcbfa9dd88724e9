package message

import (
	"bytes"
	"strings"
)

// cut divides a message into its head, without the empty line, and its body. Line ends without CR are taken, too: RFC 3261 7 wants CRLF,
// and some senders leave it out.
func cut(data []byte) (head, body []byte) {
	for at := 0; ; {
		n := bytes.IndexByte(data[at:], '\n')
		if n < 0 {
			return data, nil
		}
		line := data[at : at+n]
		at += n + 1
		if len(bytes.TrimSuffix(line, []byte("\r"))) == 0 {
			return data[:at], data[at:]
		}
	}
}

// unfold divides a head into its lines, each put together with those that continue it (RFC 3261 7.3.1).
func unfold(head []byte) ([]string, *Malformed) {
	var lines []string
	var wrong *Malformed
	for line := range bytes.SplitSeq(head, []byte("\n")) {
		line = bytes.TrimSuffix(line, []byte("\r"))
		if len(line) == 0 {
			break
		}
		if bytes.IndexByte(line, '\r') >= 0 {
			wrong = first(wrong, bad("a line has a CR inside"))
			line = bytes.ReplaceAll(line, []byte("\r"), []byte(" "))
		}
		if line[0] != ' ' && line[0] != '\t' {
			if len(lines) > maxFields {
				return lines, bad("more than %d lines", maxFields)
			}
			lines = append(lines, string(line))
			continue
		}
		if len(lines) < 2 { // the first line cannot be continued
			wrong = first(wrong, bad("the first line is folded"))
			continue
		}
		lines[len(lines)-1] += " " + strings.TrimSpace(string(line))
	}
	return lines, wrong
}

// split divides a header's value at the commas that are neither within quotes nor within angle brackets.
func split(value string) ([]string, *Malformed) {
	var parts []string
	from, quoted, angle := 0, false, false
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case quoted && c == '\\':
			i++
		case c == '"' && !angle:
			quoted = !quoted
		case quoted:
		case c == '<':
			angle = true
		case c == '>':
			angle = false
		case c == ',' && !angle:
			parts = append(parts, strings.TrimSpace(value[from:i]))
			from = i + 1
		}
	}
	if quoted {
		return nil, bad("a quote is not closed")
	}
	if angle {
		return nil, bad("an angle bracket is not closed")
	}
	return append(parts, strings.TrimSpace(value[from:])), nil
}
