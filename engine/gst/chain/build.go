//go:build cgo && !nogst

package chain

// #include <stdlib.h>
// #include "chain.h"
import "C"

import (
	"strconv"
	"strings"
	"unsafe"

	"sluice/engine/fault"
	"sluice/engine/gst/g729"
	"sluice/engine/gst/shim"
	"sluice/engine/media"
	"sluice/engine/plan"
)

// build makes the elements between the two bridges, with a capsfilter where a link has caps, and starts them.
func (ch *Chain) build(p *plan.Pipeline) error {
	last := len(p.Elements) - 1
	for i := 1; i <= last; i++ {
		e := &p.Elements[i]
		for k, caps := range split(p.Links[i-1].Caps) {
			name := p.Links[i-1].From.Of + "-to-" + e.Name + "-caps-" + strconv.Itoa(k)
			filter := plan.Element{Name: name, Factory: "capsfilter", Node: e.Node}
			if err := ch.add(&filter, plan.Setting{Name: "caps", Text: caps}); err != nil {
				return err
			}
		}
		if i == last {
			break
		}
		if err := ch.add(e, e.Props...); err != nil {
			return err
		}
	}
	if at := C.sl_chain_link(ch.c); at >= 0 {
		r := ch.names[at]
		return fault.New(fault.GstNegotiation, r.node, "element %q does not take what comes before it, or nothing takes what it gives", r.name)
	}
	if C.sl_chain_play(ch.c) == 0 {
		return ch.blame(C.GST_FLOW_ERROR)
	}
	return nil
}

// split lists the caps of a link, which are filters one after the other.
func split(caps string) []string {
	if caps == "" {
		return nil
	}
	return strings.Split(caps, " ! ")
}

// add makes an element and sets its properties.
func (ch *Chain) add(e *plan.Element, props ...plan.Setting) error {
	if e.Factory == g729.Element {
		if err := g729.Register(); err != nil {
			return fault.New(fault.CodeOf(err), e.Node, "element %q cannot be made", e.Name).Because(err)
		}
	}
	factory, name := C.CString(e.Factory), C.CString(e.Name)
	defer C.free(unsafe.Pointer(factory))
	defer C.free(unsafe.Pointer(name))
	made := unsafe.Pointer(C.sl_chain_add(ch.c, factory, name))
	if made == nil {
		return fault.New(fault.ElementUnavailable, e.Node, "GStreamer has no element %q", e.Factory).
			Advise("sluice doctor names the package that brings it")
	}
	ch.names = append(ch.names, row{name: e.Name, node: e.Node, object: made})
	shim.Prime(made, e.Factory)
	for _, s := range props {
		if problem := shim.Set(made, s.Name, s.Reveal(), false); problem != "" {
			return fault.New(fault.InvalidParams, e.Node, "element %q %s", e.Factory, problem)
		}
	}
	return nil
}

// Set changes a property of an element while media flows. A name that the chain does not have is
// fault.ResourceNotFound; a value that cannot be, or not now, is fault.InvalidParams.
func (ch *Chain) Set(element string, s plan.Setting) error {
	ch.mu.Lock()
	defer ch.mu.Unlock()
	if ch.c == nil {
		return closed()
	}
	for _, r := range ch.names {
		if r.name != element {
			continue
		}
		if problem := shim.Set(r.object, s.Name, s.Reveal(), true); problem != "" {
			return fault.New(fault.InvalidParams, r.node, "element %q %s", element, problem)
		}
		return nil
	}
	return fault.New(fault.ResourceNotFound, "", "no element is called %q", element)
}

// Track describes what comes out, as far as it is known.
func (ch *Chain) Track(codec media.Codec) media.Track {
	t := media.NewTrack(codec)
	ch.mu.Lock()
	defer ch.mu.Unlock()
	if ch.c == nil {
		return t
	}
	if info, _ := codec.Info(); info.ClockRate == 0 && ch.c.rate > 0 {
		t.ClockRate = uint32(ch.c.rate)
	}
	t.Channels = int(ch.c.channels)
	if data := ch.c.codec_data; data != nil {
		extra := make([]byte, int(C.gst_buffer_get_size(data)))
		if n := C.gst_buffer_extract(data, 0, C.gpointer(unsafe.SliceData(extra)), C.gsize(len(extra))); n > 0 {
			t.Extra = [][]byte{extra[:n]}
		}
	}
	return t
}
