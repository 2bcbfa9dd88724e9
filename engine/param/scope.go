package param

import (
	"os"
	"strings"
)

// Scope is where references are looked up, by their whole name ("want.codec"). A name may be known without having a
// value: its value is then nil. Implementations are safe for concurrent reads.
type Scope interface {
	Lookup(name string) (value any, ok bool)
}

// Values is a scope made of a map.
type Values map[string]any

// Lookup finds a value by name.
func (v Values) Lookup(name string) (any, bool) {
	got, ok := v[name]
	return got, ok
}

// Chain looks a name up in each scope in turn; the first that knows it wins. Scopes that are nil are left out.
func Chain(scopes ...Scope) Scope {
	c := make(chain, 0, len(scopes))
	for _, s := range scopes {
		if s != nil {
			c = append(c, s)
		}
	}
	return c
}

type chain []Scope

func (c chain) Lookup(name string) (any, bool) {
	for _, s := range c {
		if v, ok := s.Lookup(name); ok {
			return v, true
		}
	}
	return nil, false
}

// envPrefix begins the names of environment variables.
const envPrefix = "env."

// Env is the scope of $env.NAME: the process's environment, of which only the names are seen that allow lets through. Its
// values are plain text; a parameter of type secret hides them.
func Env(allow func(name string) bool) Scope { return env{allow} }

type env struct{ allow func(string) bool }

func (e env) Lookup(name string) (any, bool) {
	name, ok := strings.CutPrefix(name, envPrefix)
	if !ok || e.allow == nil || !e.allow(name) {
		return nil, false
	}
	v, ok := os.LookupEnv(name)
	if !ok {
		return nil, false
	}
	return v, true
}
