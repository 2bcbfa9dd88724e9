package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sluice/engine/element"
	"sluice/engine/media"
	"sluice/engine/param"
	"sluice/engine/plan"
)

// inputFlags are the flags with which a plan's inputs are given by hand.
type inputFlags struct {
	params, given, want, keys []string
	strict                    bool // what stands in for what is not known here is not good enough
}

func (f *inputFlags) add(c *cobra.Command) {
	c.Flags().StringArrayVarP(&f.params, "param", "p", nil, "a parameter, capture or variable: name=value")
	c.Flags().StringArrayVar(&f.given, "given", nil, "what a source gives: node=codec,codec (h264+bframes for reordered frames)")
	c.Flags().StringArrayVar(&f.want, "want", nil, "what a sink takes, best first: node=codec,codec")
	c.Flags().StringArrayVar(&f.keys, "key", nil, "an instance of a keyed node: node=key,param=value")
}

// inputs turns the flags into what the compiler takes. A name that nothing in the graph has is an error, here and in
// checkNodes: it would have no effect, and the plan would be of something else than what was asked for.
func (f *inputFlags) inputs(t *plan.Template) (plan.Inputs, error) {
	in := plan.Inputs{Params: map[string]any{}, Keys: map[string][]plan.Key{}}
	if err := f.bind(t, &in); err != nil {
		return in, err
	}
	for _, k := range f.keys {
		node, one, err := readKey(k)
		if err != nil {
			return in, err
		}
		if slices.ContainsFunc(in.Keys[node], func(have plan.Key) bool { return have.Name == one.Name }) {
			return in, usageError{fmt.Errorf("--key: %q has the key %q already", node, one.Name)}
		}
		in.Keys[node] = append(in.Keys[node], one)
	}
	var err error
	if in.Given, err = formats("--given", f.given); err != nil {
		return in, err
	}
	if in.Want, err = formats("--want", f.want); err != nil {
		return in, err
	}
	return in, nil
}

// bind sorts what -p gives into parameters and variables.
func (f *inputFlags) bind(t *plan.Template, in *plan.Inputs) error {
	vars := param.Values{}
	for _, p := range f.params {
		name, text, ok := strings.Cut(p, "=")
		if !ok {
			return usageError{fmt.Errorf("-p wants name=value, this is %q", p)}
		}
		_, known := t.Placeholders().Lookup(name)
		switch {
		case slices.ContainsFunc(t.Params(), func(d param.Def) bool { return d.Name == name }):
			in.Params[name] = text
		case known, strings.HasPrefix(name, "env."):
			vars[name] = text
		default:
			return noName("-p", "the graph has no parameter, capture or variable", name, inputNames(t))
		}
	}
	in.Scope = param.Chain(vars, environment(), t.Placeholders())
	if f.strict {
		in.Scope = param.Chain(vars, param.Env(func(string) bool { return true }))
	}
	return nil
}

// inputNames lists what -p can give.
func inputNames(t *plan.Template) []string {
	var out []string
	for _, d := range t.Params() {
		out = append(out, d.Name)
	}
	if all, ok := t.Placeholders().(param.Values); ok {
		out = append(out, slices.Sorted(maps.Keys(all))...)
	}
	return out
}

// readKey reads node=key,param=value.
func readKey(text string) (node string, k plan.Key, err error) {
	bad := usageError{fmt.Errorf("--key wants node=key,param=value, this is %q", text)}
	parts := strings.Split(text, ",")
	node, key, ok := strings.Cut(parts[0], "=")
	if !ok || key == "" {
		return "", k, bad
	}
	k = plan.Key{Name: key, Params: map[string]any{}}
	for _, p := range parts[1:] {
		name, value, ok := strings.Cut(p, "=")
		if !ok {
			return "", k, bad
		}
		k.Params[name] = value
	}
	return node, k, nil
}

// environment is the scope of $env.NAME. A variable that is not set stands as a placeholder: what is shown here may run
// elsewhere.
func environment() param.Scope {
	return param.Chain(param.Env(func(string) bool { return true }), unset{})
}

// unset stands in for environment variables that are not set here.
type unset struct{}

// Lookup gives the name itself, which may stand in an address where braces may not.
func (unset) Lookup(name string) (any, bool) {
	if !strings.HasPrefix(name, "env.") {
		return nil, false
	}
	return name, true
}

// formats reads node=codec,codec.
func formats(flag string, list []string) (map[string][]element.Format, error) {
	out := map[string][]element.Format{}
	for _, one := range list {
		node, codecs, ok := strings.Cut(one, "=")
		if !ok {
			return nil, usageError{fmt.Errorf("%s wants node=codec,codec, this is %q", flag, one)}
		}
		for word := range strings.SplitSeq(codecs, ",") {
			name, reordered := strings.CutSuffix(word, "+bframes")
			c := media.Codec(name)
			if c.Kind() == "" {
				return nil, usageError{fmt.Errorf("%s: %q is no codec; the codecs are %s", flag, name, codecNames())}
			}
			// A sink that is said to take a codec takes it as it comes; a source gives B-frames only where it says so.
			out[node] = append(out[node], element.Format{Kind: c.Kind(), Codec: c, BFrames: reordered || flag == "--want"})
		}
	}
	for node := range out {
		if len(out[node]) == 0 {
			return nil, usageError{fmt.Errorf("%s: %q has no codecs", flag, node)}
		}
	}
	return out, nil
}

func codecNames() string {
	var names []string
	for _, c := range media.Codecs() {
		names = append(names, string(c.Codec))
	}
	return strings.Join(names, " ")
}
