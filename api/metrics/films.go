package metrics

// Films are those that were asked for in vain.
type Films struct{ Refused, Missing uint64 }

func filmFamilies() []Family {
	return []Family{{
		"sluice_films_refused_total", Counter, labels("reason"),
		"Films and sounds that were asked for in vain: refused because they lie elsewhere or are no plain files, or missing.",
	}}
}

// films writes down what was asked for in vain.
func (c *collector) films(s sheet) {
	if c.from.Films == nil {
		return
	}
	n := c.from.Films()
	s.count("sluice_films_refused_total", n.Refused, "refused")
	s.count("sluice_films_refused_total", n.Missing, "missing")
}
