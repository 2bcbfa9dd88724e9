package element

import "sluice/engine/value"

// Trigger describes an event that can start a graph: its name, the sessions it brings, and the variables a graph may
// use beyond the captures of its route's pattern.
type Trigger struct {
	Event    string   // "rtmp.publish"
	About    string   // one sentence
	Path     bool     // whether the event has a path, so that routes need a pattern
	Sessions []string // "browser", "phone", "peer", "node"
	Vars     []Var
}

// Var is a variable that a trigger sets. A name may have dots: "want.codec".
type Var struct {
	Name  string
	Type  value.Type
	About string
}

// Var finds a variable by name.
func (t *Trigger) Var(name string) (Var, bool) {
	for _, v := range t.Vars {
		if v.Name == name {
			return v, true
		}
	}
	return Var{}, false
}
