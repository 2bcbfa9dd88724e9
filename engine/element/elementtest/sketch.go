package elementtest

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sluice/engine/element"
	"sluice/engine/value"
)

// Sketch writes a piece as text, a line for each thing, for tests to compare:
//
//	video => vdec                       a link to the port ends here
//	vdec: vp8dec                        a part, with its settings
//	vdec -> [video/x-raw] -> vscale     a joint, with its caps
//	vhead => video h264                 a link from the port begins here, and gives this
//	audio = audio                       an input that goes through
//
// A key stands in brackets behind what belongs to it; a joint to all other keys has two arrow heads.
func Sketch(p *element.Piece) string {
	var lines []string
	add := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	for _, at := range ordered(p.Entries) {
		add("%s => %s", portText(at), padText(p.Entries[at]))
	}
	for _, part := range p.Parts {
		line := part.Name + keyText(part.Key) + ": " + part.Factory
		for _, q := range part.Props {
			line += " " + q.Name + "=" + value.Text(q.Value)
		}
		lines = append(lines, line)
	}
	for _, j := range p.Joints {
		arrow := "->"
		if j.EachOther {
			arrow = "->>"
		}
		caps := ""
		if j.Caps != "" {
			caps = "[" + j.Caps + "] -> "
		}
		line := padText(j.From) + " " + arrow + " " + caps + padText(j.To) + keyText(j.Key)
		for _, q := range j.Props {
			line += " " + q.Name + "=" + value.Text(q.Value)
		}
		lines = append(lines, line)
	}
	for _, at := range ordered(p.Exits) {
		give := p.Gives[at]
		add("%s => %s %s", padText(p.Exits[at]), portText(at), cmp.Or(string(give.Codec), give.Caps, "unknown"))
	}
	for _, to := range ordered(p.Passes) {
		add("%s = %s", portText(p.Passes[to]), portText(to))
	}
	return strings.Join(lines, "\n")
}

func ordered[V any](m map[element.PortKey]V) []element.PortKey {
	return slices.SortedFunc(maps.Keys(m), func(a, b element.PortKey) int {
		return cmp.Or(cmp.Compare(a.Port, b.Port), cmp.Compare(a.Key, b.Key))
	})
}

func portText(at element.PortKey) string { return at.Port + keyText(at.Key) }

func keyText(key string) string {
	if key == "" {
		return ""
	}
	return "[" + key + "]"
}

func padText(at element.Pad) string {
	if at.Name == "" {
		return at.Part
	}
	return at.Part + "." + at.Name
}
