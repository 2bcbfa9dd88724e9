package plan

import (
	"regexp"
	"strconv"
	"strings"
)

// A raw picture's figures in caps: "width=1280", "framerate=(fraction)30/1".
var (
	rawSide = regexp.MustCompile(`[,;]\s*(width|height)\s*=\s*(?:\(int\)\s*)?(\d{1,6})`)
	rawRate = regexp.MustCompile(`[,;]\s*framerate\s*=\s*(?:\(fraction\)\s*)?(\d{1,9})(?:/(\d{1,9}))?`)
)

// perRaw is what it costs to make or scale raw pictures of 720p at 30 frames a second, in CPUs: measured are 0.02 for a test source
// and 0.03 for videoscale.
const perRaw = 0.02

// rawCost estimates what raw pictures cost in a pipeline that nobody codes: those of sources, and those of every size that the graph
// demands, which some element has to bring about.
func (r *resolver) rawCost(p *Pipeline) float64 {
	cost, sized := 0.0, map[string]bool{}
	for _, l := range p.Links {
		if strings.HasPrefix(l.Caps, "video/x-raw") {
			if share, ok := rawShare(l.Caps); ok {
				cost += share * perRaw
				sized[l.From.Of] = true
			}
		}
	}
	const small = 320 * 240.0 / (1280 * 720) // what a source gives that is asked for nothing
	for _, e := range p.Elements {
		if s, ok := r.tmpl.reg.Spec(e.Factory); ok && !sized[e.Name] && s.Is("Source") && s.Is("Video") && len(s.In()) == 0 {
			cost += small * perRaw
		}
	}
	return cost
}

// rawShare compares the pictures of caps with 720p at 30 frames a second; ok tells whether the caps say how large they are. Without a
// rate there are 30 a second.
func rawShare(caps string) (share float64, ok bool) {
	const pixels, rate = 1280 * 720.0, 30.0
	sides := map[string]float64{}
	for _, m := range rawSide.FindAllStringSubmatch(caps, -1) {
		sides[m[1]], _ = strconv.ParseFloat(m[2], 64)
	}
	share = sides["width"] * sides["height"] / pixels
	if m := rawRate.FindStringSubmatch(caps); m != nil {
		over, _ := strconv.ParseFloat(m[1], 64)
		under := 1.0
		if m[2] != "" {
			under, _ = strconv.ParseFloat(m[2], 64)
		}
		if under > 0 && over > 0 {
			share *= over / under / rate
		}
	}
	return share, share > 0
}
