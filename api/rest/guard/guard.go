// Package guard decides what the graphs of REST callers may touch outside the server: files, addresses, devices. Nothing, unless the
// configuration lets them; who may call the API may not therefore read every file that the server can, or have it connect to what
// only the server reaches. The package opens nothing, and does not concern itself with graphs that were put into the folder by hand
// and are started by other events.
package guard

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"

	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/plan"
	"sluice/engine/value"
)

// Rules say what is allowed beside what touches nothing.
type Rules struct {
	// Folders are those in which files may be read and written, and below which.
	Folders []string
	// Hosts are what may be connected to, and listened on: "cam.example.org", "cam.example.org:554", "*.example.org", addresses,
	// networks ("10.1.0.0/16"), or "*" for all that are not of this machine or of private networks, which "private" admits. Names are
	// not looked up here, so a network admits only addresses; Reach looks at what names lead to.
	Hosts []string
	// Elements are those that may be used whatever they touch: "v4l2src".
	Elements []string
	// Environment are the variables that graphs which callers write may read as $env.NAME.
	Environment []string
}

// Specs finds the description of an element.
type Specs func(name string) (*element.Spec, bool)

// Guard decides by Rules. Safe for concurrent use.
type Guard struct {
	rules Rules
	hosts []host
	specs Specs

	interior *interior
	ahead    bool // of what is to come: text in braces stands for anything
}

// New makes a Guard. A bad rule is fault.InvalidParams, with its place in Rules: "hosts[2]".
func New(r Rules, specs Specs) (*Guard, error) {
	g := &Guard{rules: r, specs: specs, interior: newInterior()}
	for i, text := range r.Hosts {
		h, err := parseHost(text)
		if err != nil {
			return nil, fault.New(fault.InvalidParams, place("hosts", i), "%q is neither a host nor a network", text)
		}
		g.hosts = append(g.hosts, h)
	}
	for i, f := range r.Folders {
		if f == "" {
			return nil, fault.New(fault.InvalidParams, place("folders", i), "a folder needs a name")
		}
	}
	return g, nil
}

// Plan refuses a plan that touches what is not allowed, as fault.Forbidden with the node as its place.
func (g *Guard) Plan(p *plan.Plan) error {
	for _, n := range p.Nodes {
		if s, ok := g.specs(n.Element); ok && element.Own(n.Element) {
			if err := g.node(&n, s); err != nil {
				return err
			}
		}
	}
	for _, l := range p.Pipelines {
		for i := range l.Elements {
			if err := g.element(&l.Elements[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// Ahead is Plan for one that shows what events will start: what stands in braces, as plan.Template.Placeholders has it, may be anything.
func (g *Guard) Ahead(p *plan.Plan) error {
	ahead := *g
	ahead.ahead = true
	return ahead.Plan(p)
}

// node looks at an element of sluice's. What it is made of in GStreamer is looked at besides.
func (g *Guard) node(n *plan.Node, s *element.Spec) error {
	if slices.Contains(g.rules.Elements, n.Element) {
		return nil
	}
	for _, set := range n.Settings {
		f, _ := s.Field(set.Name)
		t := target{node: n.Name, element: n.Element, setting: set}
		var err error
		switch text := set.Reveal(); {
		case text == "":
		case f.Files:
			err = g.files(t, f, text)
		case f.Constraint.Type == value.File:
			err = g.file(t, text)
		case f.Constraint.Type == value.URI, strings.Contains(text, "://"): // streams may be called by their addresses
			err = g.address(t, text)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Setting refuses what a node is told while it runs, in a field or with an action, if that names a file or an address that is not
// allowed. The text is as value.Text has it, and name is that of the node's element. An error is one of Plan's. That no plan names the
// file yet makes no difference: one that is refused later would be refused to somebody else.
func (g *Guard) Setting(node, name string, f element.Field, text string) error {
	set, s := plan.Setting{Name: f.Name, Type: f.Constraint.Type, Text: text}, &element.Spec{Name: name, Fields: []element.Field{f}}
	if element.Own(name) {
		return g.node(&plan.Node{Name: node, Element: name, Settings: []plan.Setting{set}}, s)
	}
	if slices.Contains(g.rules.Elements, name) {
		return nil
	}
	_, err := g.setting(target{node: node, element: name, setting: set}, s)
	return err
}

// element looks at an element of GStreamer's.
func (g *Guard) element(e *plan.Element) error {
	if slices.Contains(g.rules.Elements, e.Factory) {
		return nil
	}
	s, ok := g.specs(e.Factory)
	if !ok {
		return fault.New(fault.Forbidden, e.Node, "%q is not known, so it may not be used through the API", e.Factory).
			Advise(adviseElement, e.Factory)
	}
	leaf := len(s.In()) == 0 || len(s.Out()) == 0
	if leaf && slices.Contains(harmless(), e.Factory) {
		return nil
	}
	settings := slices.Clone(e.Props)
	if leaf || slices.ContainsFunc(e.Props, func(s plan.Setting) bool { return passes(s.Name, s.Reveal()) }) {
		settings = append(settings, defaults(s, e.Props)...)
	}
	touches := false
	for _, set := range settings {
		touched, err := g.setting(target{node: e.Node, element: e.Factory, setting: set, port: portOf(set.Name, e.Props, s)}, s)
		if err != nil {
			return err
		}
		touches = touches || touched
	}
	if leaf && !touches {
		return fault.New(fault.Forbidden, e.Node, "%q reaches outside the server, and may not be used through the API", e.Factory).
			Advise(adviseElement, e.Factory)
	}
	return nil
}

// setting looks at one setting, and tells whether it names something outside.
func (g *Guard) setting(t target, s *element.Spec) (touches bool, err error) {
	text := t.setting.Reveal()
	if text == "" || !textual(s, t.setting) {
		return false, nil
	}
	switch m := meaning(t.setting.Name); m {
	case aHost:
		for one := range strings.SplitSeq(text, ",") {
			if _, port := split(one); port == "" && t.port != "" {
				one = net.JoinHostPort(strings.Trim(one, "[]"), t.port)
			}
			if err := g.host(t, one); err != nil {
				return true, err
			}
		}
	case aFile, anAddress:
		return true, g.named(t, s, m == aFile)
	case anElement:
		return true, t.refuse("names an element").Advise(adviseElement, t.element)
	case options:
		if harmful(text) {
			return true, t.refuse("has options that may name files").Advise(adviseElement, t.element)
		}
		return false, nil
	case unknown:
		return true, t.refuse("is not known to name nothing outside the server").Advise(adviseElement, t.element)
	case nothing:
		if strings.Contains(text, "://") {
			return true, g.address(t, text)
		}
		return false, nil
	}
	return true, nil
}

// named looks at a name of a file, or an address in its place.
func (g *Guard) named(t target, s *element.Spec, file bool) error {
	text := t.setting.Reveal()
	if file {
		if err := pattern(t, s, text); err != nil {
			return err
		}
	}
	if strings.Contains(text, "://") {
		return g.address(t, text)
	}
	return g.file(t, text)
}

// portOf is the port that an element has for the host or address of another setting.
func portOf(name string, props []plan.Setting, s *element.Spec) string {
	if name != "host" && name != "address" {
		return ""
	}
	for _, p := range props {
		if p.Name == "port" {
			return p.Reveal()
		}
	}
	if f, ok := s.Field("port"); ok && f.Default != nil {
		return fmt.Sprint(f.Default)
	}
	return ""
}

// textual tells whether a setting is free text. What the registry does not know could be anything.
func textual(s *element.Spec, set plan.Setting) bool {
	f, ok := s.Field(set.Name)
	if !ok {
		return true
	}
	switch f.Constraint.Type {
	case value.String, value.File, value.URI, value.Secret, value.Structure, value.Caps, value.List, value.Map:
		return true
	}
	return false
}

// address looks at an address with a scheme.
func (g *Guard) address(t target, text string) error {
	u, err := url.Parse(text)
	switch {
	case g.open(text):
		return t.refuse("depends on what an event brings").Advise(adviseElement, t.element)
	case err != nil, strings.ContainsAny(text, "\\\x00\r\n"):
		return t.refuse("is no address that can be checked")
	case strings.EqualFold(u.Scheme, "file") && u.Host == "":
		return g.file(t, u.Path)
	case u.Scheme == "" || u.Host == "":
		return t.refuse("is no address of a host").Advise(adviseElement, t.element)
	case slices.Contains(strings.Split(u.Path, "/"), ".."): // an element that takes it for a file would go there
		return t.refuse(`has ".." in it`)
	}
	return g.host(t, u.Host)
}

// open tells whether nobody knows yet what a text will be.
func (g *Guard) open(text string) bool { return g.ahead && strings.Contains(text, "{") }

// host looks at a host, with or without a port.
func (g *Guard) host(t target, text string) error {
	for _, h := range g.hosts {
		if h.admits(text, g.interior) {
			return nil
		}
	}
	return t.refuse("is at a host that the API may not reach").Advise(`the configuration's key "rest.hosts" says which hosts it may`)
}

// target is a setting that names something.
type target struct {
	node, element string
	setting       plan.Setting
	port          string // of the host, if the element has another setting for that
}

// refuse words the refusal; secrets stay hidden.
func (t target) refuse(why string) *fault.Fault {
	return fault.New(fault.Forbidden, t.node, "%s=%q of %q %s", t.setting.Name, t.setting.Text, t.element, why)
}

const adviseElement = `the configuration's key "rest.elements" can allow %q altogether`
