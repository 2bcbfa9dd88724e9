package hooks

import (
	"encoding/json"
	"slices"
	"strings"
)

// Limits of what a back end may say of how it wants to be called.
const (
	maxPolicies = 256 // methods
	maxFields   = 256 // names in one list
)

// policy is how one method is called: a member of restClientConfig. The zero value is the default.
type policy struct {
	hidden    []string // fields that the client does not get
	withheld  []string // fields that the back end does not get
	fail      bool     // an error ends what was to be done
	overwrite bool     // the answer counts
	off       bool     // it is not called at all
	fields    []string // that the answer may change
}

// waits tells whether anything depends on the answer.
func (p policy) waits() bool { return !p.off && (p.fail || p.overwrite) }

// policies are those of all methods that a back end said something of.
type policies map[string]policy

// readPolicies reads a restClientConfig. What cannot be read is as if it were not there, and told: how it is called is for the back end
// to say, and no reason to refuse a client.
func readPolicies(raw json.RawMessage) (policies, []string) {
	var all map[string]json.RawMessage
	if len(raw) == 0 || string(raw) == "null" {
		return nil, nil
	}
	if err := json.Unmarshal(raw, &all); err != nil || len(all) > maxPolicies {
		return nil, []string{"restClientConfig"}
	}
	out := policies{}
	var wrong []string
	for name, one := range all {
		p, ok := readPolicy(one)
		if _, known := Known(name); !known || !ok {
			wrong = append(wrong, name[:min(len(name), maxName)])
		}
		out[name] = p
	}
	slices.Sort(wrong)
	return out, wrong
}

// maxName is how much of a name that somebody else chose is told.
const maxName = 64

// readPolicy reads one, and tells whether all of it could be read.
func readPolicy(raw json.RawMessage) (policy, bool) {
	var said struct {
		ClientExclude, RestExclude, RestOnError, RestPolicy, RestOverwrite word
	}
	var p policy
	ok := json.Unmarshal(raw, &said) == nil
	switch strings.ToUpper(string(said.RestOnError)) {
	case "FAIL":
		p.fail = true
	case "", "LOG":
	default:
		ok = false
	}
	switch strings.ToUpper(string(said.RestPolicy)) {
	case "OVERWRITE":
		p.overwrite = true
	case "DISABLE", "DISABLED": // both are documented
		p.off = true
	case "", "NOTIFY":
	default:
		ok = false
	}
	for into, list := range map[*[]string]word{&p.hidden: said.ClientExclude, &p.withheld: said.RestExclude, &p.fields: said.RestOverwrite} {
		var whole bool
		*into, whole = list.split()
		ok = ok && whole
	}
	return p, ok
}

// word is a text, or "" for null.
type word string

// UnmarshalJSON takes a text, and nothing else.
func (w *word) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, (*string)(w)) }

// split makes the names of a list with commas, and tells whether all are there.
func (w word) split() ([]string, bool) {
	var out []string
	for name := range strings.SplitSeq(string(w), ",") {
		if name = strings.TrimSpace(name); name != "" && len(out) < maxFields {
			out = append(out, name)
		} else if name != "" {
			return out, false
		}
	}
	return out, true
}
