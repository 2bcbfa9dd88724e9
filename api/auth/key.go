package auth

import (
	"slices"

	"sluice/engine/fault"
)

// key is a secret with which some streams are published.
type key struct {
	name    string
	sum     tokenSum
	publish []pattern
}

func (r *rules) addKey(c KeyConfig) error {
	if c.Name == "" {
		return fault.New(fault.InvalidParams, "name", "a key needs the name of who has it")
	}
	sum, err := parseToken(c.Key)
	if err != nil {
		return at(err, "key")
	}
	may, err := NewGrant(c.Publish, nil, false, false)
	if err != nil {
		return err
	}
	if len(may.publish) == 0 {
		return fault.New(fault.InvalidParams, "publish", "the key is for no stream").Advise("write the stream's name")
	}
	r.keys = append(r.keys, key{name: c.Name, sum: sum, publish: may.publish})
	return nil
}

func (k key) of(stream string) bool {
	return slices.ContainsFunc(k.publish, func(p pattern) bool { return p.match(stream) })
}

// claims tells whether there are keys for what is asked for.
func (r *rules) claims(q Request) bool {
	return q.Action == Publish && slices.ContainsFunc(r.keys, func(k key) bool { return k.of(q.Stream) })
}

// byKey looks at all keys of a stream, whichever fits, so that it takes equally long for each.
func (r *rules) byKey(q Request, shown string) Verdict {
	var v Verdict
	if q.Action != Publish || shown == "" {
		return v
	}
	for _, k := range r.keys {
		if k.of(q.Stream) && k.sum.fits(shown) && v.Outcome != Allow {
			v = allowed(ByKey, k.name)
		}
	}
	return v
}
