package top

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"sluice/api/rest/wire"
	"sluice/cmd/sluice/ctl"
	"sluice/cmd/sluice/ctl/show"
)

// column is a column of a table.
type column struct {
	title string
	width int  // at least; the first column takes what is left
	right bool // numbers
	drop  int  // where there is no room: the highest goes first, 0 never
}

// row is a line of a table: what it is of, its cells, and what to sort by, one for each column.
type row struct {
	key   string
	cells []string
	order []any // strings, float64s
	bad   bool
}

func streamColumns() []column {
	return []column{
		{"stream", 12, false, 0}, {"codecs", 12, false, 3}, {"size", 9, false, 4}, {"fps", 4, true, 5}, {"in", 6, true, 1}, {"out", 6, true, 2},
		{"viewers", 7, true, 0}, {"conv", 4, true, 6}, {"age", 6, true, 7},
	}
}

func streamRows(p pair) []row {
	out := make([]row, 0, len(p.is.Streams))
	for _, s := range p.is.Streams {
		f := p.flow(s)
		var codecs []string
		size, pixels, converted := "", 0, 0
		for _, t := range s.Tracks {
			if t.Converted {
				converted++
				continue
			}
			if !slices.Contains(codecs, t.Codec) {
				codecs = append(codecs, t.Codec)
			}
			if size == "" && t.Width > 0 {
				size, pixels = fmt.Sprintf("%dx%d", t.Width, t.Height), t.Width*t.Height
			}
		}
		age := p.is.At.Sub(s.Since)
		out = append(out, row{
			key: s.Name,
			cells: []string{
				s.Name, strings.Join(codecs, "+"), show.Or(size), fps(f.fps), rate(f.in), rate(f.out), strconv.Itoa(s.Readers),
				strconv.Itoa(converted), show.Span(age),
			},
			order: []any{
				s.Name, strings.Join(codecs, "+"), float64(pixels), f.fps, f.in, f.out, float64(s.Readers), float64(converted), age.Seconds(),
			},
		})
	}
	return out
}

func pipelineColumns() []column {
	return []column{
		{"pipeline", 12, false, 0}, {"graph", 16, false, 2}, {"state", 8, false, 0}, {"restarts", 8, true, 5}, {"CPU", 5, true, 1},
		{"memory", 6, true, 3}, {"since", 6, true, 4}, {"what went wrong", 24, false, 6},
	}
}

func pipelineRows(p pair) []row {
	out := make([]row, 0, len(p.is.Pipelines))
	for _, one := range p.is.Pipelines {
		cpu, memory, bytes := p.worker(one.ID), "-", 0.0
		if w, ok := p.is.Processes[one.ID]; ok && w.Memory > 0 {
			bytes = float64(w.Memory)
			memory = show.Size(bytes)
		}
		fault := ""
		if one.Fault != nil {
			fault = one.Fault.Code + ": " + one.Fault.Text
		}
		age := p.is.At.Sub(one.Since)
		out = append(out, row{
			key:   one.ID,
			cells: []string{one.ID, one.Graph, one.State, strconv.Itoa(one.Restarts), percent(cpu), memory, show.Span(age), fault},
			order: []any{one.ID, one.Graph, one.State, float64(one.Restarts), cpu, bytes, age.Seconds(), fault},
			bad:   one.State == "failed" || one.State == "lost" || one.State == "degraded",
		})
	}
	return out
}

func sessionColumns() []column {
	return []column{
		{"session", 12, false, 0}, {"protocol", 9, false, 2}, {"does", 7, false, 0}, {"stream", 16, false, 1}, {"from", 21, false, 3},
		{"user", 8, false, 4}, {"since", 6, true, 5},
	}
}

func sessionRows(p pair) []row {
	out := make([]row, 0, len(p.is.Sessions))
	for _, one := range p.is.Sessions {
		age := p.is.At.Sub(one.Since)
		cells := []string{one.ID, one.Protocol, one.Direction, one.Stream, show.Or(one.Remote), show.Or(one.User)}
		r := row{key: one.ID, bad: one.Fault != nil}
		for _, c := range cells {
			r.order = append(r.order, c)
		}
		r.cells, r.order = append(cells, show.Span(age)), append(r.order, age.Seconds())
		out = append(out, r)
	}
	return out
}

func eventColumns() []column {
	return []column{{"event", 18, false, 0}, {"time", 8, false, 2}, {"path", 16, false, 3}, {"what", 40, false, 1}}
}

// eventRows lists events, the newest first.
func eventRows(list []wire.Event, zone *time.Location) []row {
	out := make([]row, 0, len(list))
	for i, e := range slices.Backward(list) {
		at := "-"
		if !e.Time.IsZero() {
			at = e.Time.In(zone).Format(time.TimeOnly)
		}
		text := ctl.EventText(e)
		out = append(out, row{
			key: strconv.Itoa(i) + e.ID, cells: []string{e.Name, at, show.Or(e.Path), text}, order: []any{e.Name, -float64(i), e.Path, text},
		})
	}
	return out
}

// arrange keeps rows that have the filter in one of their cells, and sorts them: by the column, and rows that are alike in it by the first.
func arrange(rows []row, filter string, by int, backward bool) []row {
	filter = strings.ToLower(filter)
	rows = slices.DeleteFunc(rows, func(r row) bool {
		return filter != "" && !slices.ContainsFunc(r.cells, func(c string) bool { return strings.Contains(strings.ToLower(c), filter) })
	})
	slices.SortStableFunc(rows, func(a, b row) int {
		n := compare(a.order[by], b.order[by])
		if backward {
			n = -n
		}
		return cmp.Or(n, compare(a.order[0], b.order[0]))
	})
	return rows
}

func compare(a, b any) int {
	if x, ok := a.(float64); ok {
		y, _ := b.(float64) // a column has one type
		return cmp.Compare(x, y)
	}
	return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b))
}

func rate(bits float64) string {
	if bits < 0 {
		return "-"
	}
	return show.Rate(bits)
}

func fps(n float64) string {
	if n < 0 {
		return "-"
	}
	return strconv.FormatFloat(n, 'f', 0, 64)
}

// percent is a share of one CPU.
func percent(n float64) string {
	if n < 0 {
		return "-"
	}
	const all = 100
	return strconv.FormatFloat(all*n, 'f', 0, 64) + "%"
}
