package mixer

import (
	"regexp"
	"slices"

	"sluice/engine/fault"
)

// Which says which streams of a mixer are meant.
type Which struct {
	names   []string
	pattern *regexp.Regexp
	wrong   error // why there is no pattern
}

// Named means streams by their names.
func Named(names ...string) Which { return Which{names: names} }

// Like means the stream of a name, or, where no stream in the mixer is called so, all whose whole names a regular expression (RE2)
// matches. A text that is none is refused where it is used, as fault.InvalidParams: it may be a name.
func Like(text string) Which {
	w := Which{names: []string{text}}
	const most = 512
	if len(text) > most {
		w.wrong = fault.New(fault.InvalidParams, "/streams", "a regular expression of %d bytes is too long", len(text)).
			Advise("at most %d", most)
		return w
	}
	var err error
	if _, err = regexp.Compile(text); err == nil { // alone: what is put around it below could make one of "a)|(?:b"
		w.pattern, err = regexp.Compile(`^(?:` + text + `)$`)
	}
	if err != nil {
		w.wrong = fault.New(fault.InvalidParams, "/streams", "%.80q is neither a stream in the mixer nor a regular expression", text).
			Because(err).Advise("it is as RE2 has them")
	}
	return w
}

// among are those who are meant.
func (w Which) among(guests map[string]*guest) ([]*guest, error) {
	var named, like []*guest
	for stream, g := range guests {
		switch {
		case slices.Contains(w.names, stream):
			named = append(named, g)
		case w.pattern != nil && w.pattern.MatchString(stream):
			like = append(like, g)
		}
	}
	if len(named) > 0 {
		return named, nil
	}
	return like, w.wrong
}
