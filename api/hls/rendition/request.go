package rendition

import (
	"strconv"
	"strings"
	"time"

	"sluice/api/hls/playlist"
	"sluice/engine/fault"
)

// Request is what a reader asks of a playlist (6.2.5). The zero value asks for segment 0: use Latest or ParseRequest.
type Request struct {
	MSN   int64 // answer when this segment is there; -1: at once
	Part  int64 // answer when this part of it is there; -1: the whole segment
	Skip  bool  // a delta update will do
	Start playlist.Start
}

// Latest asks for the playlist as it is.
func Latest() Request { return Request{MSN: -1, Part: -1} }

// maxStart bounds ?start=: longer than any DVR window.
const maxStart = 10 * 365 * 24 * time.Hour

// Query is the values of an address, such as url.Values.
type Query interface {
	Has(name string) bool
	Get(name string) string // the first of a name
}

// ParseRequest reads the delivery directives of a playlist's query: _HLS_msn, _HLS_part, _HLS_skip, and our own start: "begin", or how far
// back from the end as seconds ("90", "1.5") or as Go writes durations ("1h30m"). Everything else is somebody else's. What is not a number
// as the draft writes numbers is an InvalidRequest, and so is _HLS_part without _HLS_msn (6.2.5.2).
func ParseRequest[Q Query](query Q) (Request, error) {
	q := Latest()
	var err error
	if q.MSN, err = directive(query, "_HLS_msn"); err != nil {
		return q, err
	}
	if q.Part, err = directive(query, "_HLS_part"); err != nil {
		return q, err
	}
	if err = q.check(); err != nil {
		return q, err
	}
	skip := query.Get("_HLS_skip")
	q.Skip = skip == "YES" || skip == "v2" // we write no date ranges, so that both are the same (6.2.5.1)
	if start := query.Get("start"); start != "" {
		q.Start, err = parseStart(start)
	}
	return q, err
}

func (q Request) check() error {
	if q.Part >= 0 && q.MSN < 0 {
		return fault.New(fault.InvalidRequest, "_HLS_part", "_HLS_part needs _HLS_msn (6.2.5.2)")
	}
	return nil
}

// directive is a decimal-integer (4.2): digits alone, 1 to 20 of them.
func directive[Q Query](query Q, name string) (int64, error) {
	if !query.Has(name) {
		return -1, nil
	}
	text := query.Get(name)
	n, err := strconv.ParseUint(text, 10, 63)
	if err != nil || len(text) > 20 {
		return -1, fault.New(fault.InvalidRequest, name, "%s is not a number that can be", name)
	}
	return int64(n), nil
}

func parseStart(text string) (playlist.Start, error) {
	if text == "begin" {
		return playlist.Start{Begin: true}, nil
	}
	bad := fault.New(fault.InvalidRequest, "start", `start is "begin", or how far back from the end`).
		Advise("seconds, or a duration such as 5m")
	unit := text
	if strings.Trim(text, "0123456789.") == "" {
		unit += "s"
	}
	d, err := time.ParseDuration(unit)
	if err != nil || len(text) > 32 || d < 0 || d > maxStart {
		return playlist.Start{}, bad
	}
	if d == 0 {
		return playlist.Start{}, nil // from the live edge, as without it
	}
	return playlist.Start{Back: d}, nil
}
