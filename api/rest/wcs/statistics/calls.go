package statistics

// Calls are telephone calls of all kinds: of pages, of back ends, and those that graphs took.
type Calls struct {
	In, Out           int // under way: that came in, and that the server made
	Established       int // of both
	InTotal, OutTotal int // since the server started
	Lines, Registered int // lines, and those of them on which the server is called
}

// values tells of them.
func (c Calls) values() []Value {
	return []Value{
		{"calls_in", c.In}, {"calls_out", c.Out}, {"calls_established", c.Established},
		{"calls_in_total", c.InTotal}, {"calls_out_total", c.OutTotal}, {"sip_lines_registered", c.Registered},
	}
}
