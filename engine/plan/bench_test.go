package plan_test

import (
	"testing"

	"sluice/engine/param"
	"sluice/engine/plan"
)

const playing = "graph: v1\nroute:\n  - peer.publish /{stream...}\nnodes:\n  in: stream.in name=$stream\n  out: peer.out\nlinks:\n  - in -> out\n"

func template(b *testing.B, text string) *plan.Template {
	b.Helper()
	t := &testing.T{}
	g, lib := parse(t, text)
	tmpl, err := plan.Compile(g, lib, registry(t))
	if err != nil {
		b.Fatal(err)
	}
	return tmpl
}

// BenchmarkResolvePlay is the plan of a play that needs no conversion: what every viewer costs.
func BenchmarkResolvePlay(b *testing.B) {
	tmpl := template(b, playing)
	in := plan.Inputs{Scope: param.Values{"stream": "cam"}}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := tmpl.Resolve(in); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkResolveConvert is the plan of a conversion.
func BenchmarkResolveConvert(b *testing.B) {
	tmpl := template(b, "graph: v1\nnodes:\n  in: peer.in\n  to: convert codec=vp8\n  out: stream.out name=x\nlinks:\n  - in.video -> to -> out\n")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := tmpl.Resolve(plan.Inputs{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCompile(b *testing.B) {
	t := &testing.T{}
	g, lib := parse(t, playing)
	reg := registry(t)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := plan.Compile(g, lib, reg); err != nil {
			b.Fatal(err)
		}
	}
}
