package expect

import (
	"strings"

	"sluice/engine/element"
	"sluice/engine/media"
	"sluice/engine/spec"
)

// Formats reads what a test says of its sessions: a node and its codecs, best first, as a list or with commas between.
// "h264+bframes" gives frames in another order than they are shown; what takes a codec takes it as it comes, so that wanted
// formats have B-frames anyway.
func Formats(given []spec.Entry, wanted bool, tell Tell) map[string][]element.Format {
	out := map[string][]element.Format{}
	for _, e := range given {
		words, ok := texts(e.Value)
		if !ok {
			tell(e.Value.Pos, CodeGiven, "the codecs of %q are a list; this is %q", short(e.Key.Text), short(shown(e.Value))).
				Advise("as in [h264, opus]")
			continue
		}
		for _, w := range words {
			for name := range strings.SplitSeq(w.Text, ",") {
				name, reordered := strings.CutSuffix(strings.TrimSpace(name), "+bframes")
				c := media.Codec(name)
				if c.Kind() == "" {
					advise(tell(w.Pos, CodeGiven, "%q is no codec", short(name)), name, codecNames())
					continue
				}
				out[e.Key.Text] = append(out[e.Key.Text], element.Format{Kind: c.Kind(), Codec: c, BFrames: reordered || wanted})
			}
		}
	}
	return out
}
