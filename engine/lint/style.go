package lint

// style warns of what a reader misses.
func (g *graph) style() {
	if !g.About.Set() && !g.Gap("about") {
		g.at(place(g.Version, g.Pos), "about_missing", "the graph does not say what it is for").
			Advise(`add "about:" with one sentence; listings and the documentation show it`)
	}
}
