package mix

import (
	"fmt"
	"html"
	"strings"
	"unicode"
	"unicode/utf8"

	"sluice/engine/element"
	"sluice/engine/fault"
)

// longestLabel is in characters.
const longestLabel = 64

// labels reads the field: a text for each key.
func labels(conf element.Conf) (map[string]string, error) {
	given, _ := conf["names"].(map[string]any)
	out := make(map[string]string, len(given))
	for key, v := range given {
		text, ok := v.(string)
		if !ok {
			return nil, fault.New(fault.InvalidParams, "", "names: that of %q is no text", key)
		}
		if n := utf8.RuneCountInString(text); n > longestLabel {
			return nil, fault.New(fault.InvalidParams, "", "names: that of %q has %d characters, of %d at most", key, n, longestLabel)
		}
		if !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) {
			return nil, fault.New(fault.InvalidParams, "", "names: a character of that of %q cannot be written", key)
		}
		out[key] = text
	}
	return out, nil
}

// text is what is written into somebody's picture.
func (v *video) text(key string) string {
	if text, own := v.names[key]; own {
		return text
	}
	return key
}

// labelSize is of the letters, in points of a picture that is labelBasis wide: textoverlay scales them with the width (1.22.0).
const (
	labelSize  = 24
	labelBasis = 640
)

// sized makes what is written on small pictures larger, so that it has twelve points of the whole. textoverlay reads its text as markup,
// and takes another one while it plays, unlike a font.
func sized(text string, at place) string {
	text = html.EscapeString(text)
	if !at.Shown || at.Width >= labelBasis/2 || text == "" {
		return text
	}
	return fmt.Sprintf(`<span font="Sans %d">%s</span>`, min(labelSize/2*labelBasis/max(at.Width, 1), 2*labelSize), text)
}

// label writes who it is at the lower left of a picture. What is special in markup has been escaped.
func label(key, markup string) element.Part {
	return element.Part{Name: "label-" + key, Factory: "textoverlay", Props: []element.Prop{
		element.Set("text", markup), element.Set("halignment", "left"), element.Set("valignment", "bottom"),
		element.Set("xpad", int64(8)), element.Set("ypad", int64(8)), // 25 at their defaults, a quarter of a small picture
		element.Set("shaded-background", true), element.Set("font-desc", fmt.Sprintf("Sans %d", labelSize)),
	}}
}
