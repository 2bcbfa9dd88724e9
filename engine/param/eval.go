package param

import (
	"strings"

	"sluice/engine/fault"
	"sluice/engine/value"
)

// Eval gives the value with all references looked up in s; a nil scope knows nothing. A lone reference gives what the
// scope has, nil included. In text, values stand as value.Text writes them, nil as nothing; if one of them is or holds a
// secret, all of the text becomes one, a value.Hidden. The error is a *fault.Fault with the code invalid_params.
func (e Expr) Eval(s Scope) (any, error) {
	if s == nil {
		s = Values(nil)
	}
	switch e.shape {
	case reference:
		return e.parts[0].lookup(s)
	case mixture:
		return e.join(s)
	case list:
		out := make([]any, len(e.items))
		for i, item := range e.items {
			v, err := item.Eval(s)
			if err != nil {
				return nil, err
			}
			out[i] = v
		}
		return out, nil
	case mapping:
		out := make(map[string]any, len(e.items))
		for i, item := range e.items {
			v, err := item.Eval(s)
			if err != nil {
				return nil, err
			}
			out[e.keys[i]] = v
		}
		return out, nil
	default:
		return e.literal, nil
	}
}

// join makes text of all parts.
func (e Expr) join(s Scope) (any, error) {
	var b strings.Builder
	hidden := false
	for _, p := range e.parts {
		text := p.text
		if p.name != "" {
			v, err := p.lookup(s)
			if err != nil {
				return nil, err
			}
			var secret bool
			text, secret = value.Revealed(v)
			hidden = hidden || secret
		}
		if b.Len()+len(text) > value.MaxText {
			return nil, fault.New(fault.InvalidParams, "", "the text with $%s in it is longer than the most allowed, %d bytes",
				e.Refs()[0].Name, value.MaxText)
		}
		b.WriteString(text)
	}
	if hidden {
		return value.Hidden(b.String()), nil
	}
	return b.String(), nil
}

// lookup finds what a reference means.
func (p part) lookup(s Scope) (any, error) {
	if v, ok := s.Lookup(p.name); ok {
		return v, nil
	}
	if env, ok := strings.CutPrefix(p.name, envPrefix); ok {
		return nil, fault.New(fault.InvalidParams, "", "$%s is not set", p.name).
			Advise("set the environment variable %s, and see that graphs may read it", env)
	}
	f := fault.New(fault.InvalidParams, "", "there is no $%s here", p.name)
	for end := strings.LastIndexByte(p.name, '.'); end > 0; end = strings.LastIndexByte(p.name[:end], '.') {
		if _, ok := s.Lookup(p.name[:end]); ok {
			return nil, f.Advise("write $(%s)%s for $%s followed by %q", p.name[:end], p.name[end:], p.name[:end], p.name[end:])
		}
	}
	return nil, f
}
