//go:build cgo && !nogst

package gst

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/go-gst/go-gst/gst"

	"sluice/engine/gst/shim"
	"sluice/engine/run"
)

// Parts lists the elements in a Runtime's pipelines and their pads.
func Parts(t testing.TB, rt run.Runtime) []string {
	t.Helper()
	r, ok := rt.(*Runtime)
	if !ok {
		t.Fatalf("%T", rt)
	}
	var out []string
	for _, l := range r.playingAll() {
		p := (*gst.Pipeline)(reflect.ValueOf(l).Elem().FieldByName("gst").UnsafePointer())
		elements, err := p.GetElements()
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range elements {
			out = append(out, e.GetName())
			pads, err := e.GetPads()
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range pads {
				out = append(out, e.GetName()+"."+p.GetName())
				shim.Drop(p.Object)
			}
			shim.Drop(e.Object)
		}
	}
	slices.Sort(out)
	return out
}

// PadProperty reads a property of the pads of an element that have it, in the order of their names.
func PadProperty(t testing.TB, rt run.Runtime, element, property string) []string {
	t.Helper()
	var out []string
	for _, l := range rt.(*Runtime).playingAll() {
		p := (*gst.Pipeline)(reflect.ValueOf(l).Elem().FieldByName("gst").UnsafePointer())
		e, err := p.GetElementByName(element)
		if err != nil {
			continue
		}
		for _, name := range Parts(t, rt) {
			pad, of := strings.CutPrefix(name, element+".")
			if !of {
				continue
			}
			if o := shim.Pick(e.Unsafe(), pad, false, nil); o != nil {
				if text := shim.Get(o, property); text != "" {
					out = append(out, text)
				}
				shim.Unref(o)
			}
		}
		shim.Drop(e.Object)
	}
	return out
}

// Property reads a property of an element.
func Property(t testing.TB, rt run.Runtime, element, property string) string {
	t.Helper()
	for _, l := range rt.(*Runtime).playingAll() {
		p := (*gst.Pipeline)(reflect.ValueOf(l).Elem().FieldByName("gst").UnsafePointer())
		if e, err := p.GetElementByName(element); err == nil {
			defer shim.Drop(e.Object)
			return shim.Get(e.Unsafe(), property)
		}
	}
	t.Fatalf("there is no element %q", element)
	return ""
}
