package elementtest_test

import (
	"strings"
	"testing"

	"sluice/engine/element"
	"sluice/engine/element/elementtest"
	"sluice/engine/media"
	"sluice/engine/value"
)

func TestDescribe(t *testing.T) {
	for name, c := range map[string]struct {
		spec element.Spec
		want string // part of one fault; "" for none
	}{
		"good":              {good(), ""},
		"no dot":            {spoilt(func(s *element.Spec) { s.Name = "fake" }), `"fake" needs a dot`},
		"no about":          {spoilt(func(s *element.Spec) { s.About = "" }), "about is described"},
		"about, no period":  {spoilt(func(s *element.Spec) { s.About = "Gives" }), "about is described"},
		"about, two lines":  {spoilt(func(s *element.Spec) { s.About = "Gives\nnothing." }), "about is described"},
		"domain":            {spoilt(func(s *element.Spec) { s.Domain = "rust" }), `domain "rust"`},
		"status":            {spoilt(func(s *element.Spec) { s.Status = "soon" }), `status "soon"`},
		"class":             {spoilt(func(s *element.Spec) { s.Klass = "" }), "the class is missing"},
		"no ports":          {spoilt(func(s *element.Spec) { s.Ports = nil }), "no ports"},
		"session":           {spoilt(func(s *element.Spec) { s.Sessions = []string{"pigeon"} }), `session "pigeon"`},
		"action, no about":  {spoilt(func(s *element.Spec) { s.Actions[0].About = "" }), "action poke"},
		"two actions":       {spoilt(func(s *element.Spec) { s.Actions = append(s.Actions, s.Actions[0]) }), "two actions"},
		"port, no about":    {port(func(p *element.Port) { p.About = "" }), "port audio"},
		"port, direction":   {port(func(p *element.Port) { p.Dir = "" }), "no direction"},
		"port, presence":    {port(func(p *element.Port) { p.Presence = "now and then" }), "presence"},
		"port, caps":        {port(func(p *element.Port) { p.Caps = "audio/x-raw,rate=" }), "caps"},
		"port, kind":        {port(func(p *element.Port) { p.Codecs = []media.Codec{media.VP8} }), "carries no video"},
		"port, codec twice": {port(func(p *element.Port) { p.Codecs = []media.Codec{media.Opus, media.Opus} }), "opus twice"},
		"two ports":         {spoilt(func(s *element.Spec) { s.Ports = append(s.Ports, s.Ports[0]) }), "two ports"},
		"field, no about":   {field(func(f *element.Field) { f.About = "how many" }), "field count"},
		"two fields":        {spoilt(func(s *element.Spec) { s.Fields = append(s.Fields, s.Fields[0]) }), "two fields"},
		"field, constraint": {field(func(f *element.Field) { f.Constraint.Max = "many" }), "field count"},
		"field, read only":  {field(func(f *element.Field) { f.ReadOnly = true }), "cannot be set"},
		"must and default":  {field(func(f *element.Field) { f.Required = true }), "must be set"},
		"live and shaping":  {field(func(f *element.Field) { f.Live, f.Structural = true, true }), "cannot change"},
		"default, limits":   {field(func(f *element.Field) { f.Default = int64(10) }), "its default"},
		"default, Go type":  {field(func(f *element.Field) { f.Default = 3 }), "its default is a int, and should be a int64"},
		"secret, default": {field(func(f *element.Field) {
			f.Constraint, f.Default = value.Constraint{Type: value.Secret}, value.Hidden("x")
		}), "secret with a default"},
	} {
		t.Run(name, func(t *testing.T) { wantFault(t, elementtest.Describe(c.spec), c.want) })
	}
}

func TestExamples(t *testing.T) {
	for name, c := range map[string]struct {
		examples []string
		want     string
	}{
		"good":        {good().Examples, ""},
		"none":        {nil, "no example"},
		"other":       {[]string{"fake.out"}, "another element"},
		"no field":    {[]string{"fake.in size=1"}, `no field "size"`},
		"limits":      {[]string{"fake.in count=10"}, "field count"},
		"type":        {[]string{"fake.in count=few"}, "field count"},
		"syntax":      {[]string{"fake.in count"}, "count"},
		"not a node":  {[]string{"fake.in ! other"}, "!"},
		"in brackets": {[]string{"[fake.in]"}, "example"},
	} {
		t.Run(name, func(t *testing.T) {
			wantFault(t, elementtest.Examples(spoilt(func(s *element.Spec) { s.Examples = c.examples })), c.want)
		})
	}
	must := field(func(f *element.Field) { f.Default, f.Required = nil, true })
	wantFault(t, elementtest.Examples(must), `"fake.in" leaves out count`)
}

func TestTriggers(t *testing.T) {
	ok := element.Trigger{Event: "door.knock", About: "Somebody knocks.", Vars: []element.Var{
		{Name: "who", Type: value.String, About: "Who it is."},
	}}
	spoil := func(change func(*element.Trigger)) []element.Trigger {
		bad := ok
		bad.Vars = append([]element.Var{}, ok.Vars...)
		change(&bad)
		return []element.Trigger{bad}
	}
	for name, c := range map[string]struct {
		list []element.Trigger
		want string
	}{
		"good":           {[]element.Trigger{ok}, ""},
		"twice":          {[]element.Trigger{ok, ok}, "two events"},
		"name":           {spoil(func(t *element.Trigger) { t.Event = "knock" }), "noun.verb"},
		"about":          {spoil(func(t *element.Trigger) { t.About = "" }), "door.knock"},
		"variable":       {spoil(func(t *element.Trigger) { t.Vars[0].About = "" }), "variable who"},
		"type":           {spoil(func(t *element.Trigger) { t.Vars[0].Type = "colour" }), `type "colour"`},
		"variable twice": {spoil(func(t *element.Trigger) { t.Vars = append(t.Vars, t.Vars[0]) }), "two variables"},
	} {
		t.Run(name, func(t *testing.T) { wantFault(t, elementtest.Triggers(c.list), c.want) })
	}
}

// wantFault wants one of the faults to contain the text, or none at all.
func wantFault(t *testing.T, faults []string, want string) {
	t.Helper()
	if want == "" {
		for _, f := range faults {
			t.Errorf("found: %s", f)
		}
		return
	}
	for _, f := range faults {
		if strings.Contains(f, want) {
			return
		}
	}
	t.Errorf("nothing found of %q, only %q", want, faults)
}
