package elementtest

import (
	"fmt"
	"strings"

	"sluice/engine/element"
	"sluice/engine/value"
)

// Launch writes a piece as gst-launch-1.0 reads it, so that tests can have it played where GStreamer is installed. Pads that
// appear late or on request are left to gst-launch to choose. Values with blanks are not quoted: the words are arguments.
func Launch(p *element.Piece) []string {
	var words []string
	for _, part := range p.Parts {
		words = append(words, part.Factory, "name="+part.Name)
		for _, q := range part.Props {
			words = append(words, q.Name+"="+value.Text(q.Value))
		}
	}
	for _, j := range p.Joints {
		words = append(words, launchPad(j.From), "!")
		if j.Caps != "" {
			words = append(words, strings.ReplaceAll(j.Caps, " ", ""), "!")
		}
		words = append(words, launchPad(j.To))
	}
	return words
}

func launchPad(at element.Pad) string {
	if strings.Contains(at.Name, "%") {
		return at.Part + "."
	}
	return fmt.Sprintf("%s.%s", at.Part, at.Name)
}
