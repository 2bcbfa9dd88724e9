//go:build cgo && !nogst

package registry

// #cgo pkg-config: gstreamer-1.0
// #cgo CFLAGS: -O1 -Wall
// #cgo LDFLAGS: -lm -ldl
// #include <stdlib.h>
// #include "describe.h"
import "C"

import (
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"unsafe"

	"sluice/engine/element/catalog"
	"sluice/engine/fault"
)

// Live is the GStreamer on this machine. It is safe for concurrent use. There is nothing to close: GStreamer itself
// stays loaded until the process ends, as it cannot be started twice.
type Live struct {
	version string
	names   []string
	units   catalog.Units

	mu       sync.Mutex // one question to GStreamer at a time; also guards the maps
	known    map[string]*catalog.Factory
	licences map[string]string // by factory
}

// Open starts GStreamer and reads the names of its elements. With GStreamer's own cache of the registry that takes
// about 20 ms; the first time on a machine it loads every plugin, which takes a second. The error is a *fault.Fault
// with the code gst_unavailable.
func Open() (catalog.Catalog, error) { return open() }

// Ready starts GStreamer, for who asks nothing of it: Open reads much that a worker does not need. The error is that of Open.
func Ready() error {
	if problem := taken(C.sl_init()); problem != "" {
		return fault.New(fault.GstUnavailable, "", "GStreamer does not start: %s", problem).
			Advise("see whether gst-inspect-1.0 works")
	}
	return nil
}

func open() (*Live, error) {
	if err := Ready(); err != nil {
		return nil, err
	}
	l := &Live{version: taken(C.sl_version()), units: catalog.NewUnits(), known: map[string]*catalog.Factory{}, licences: map[string]string{}}
	l.names = strings.Fields(taken(C.sl_names()))
	slices.Sort(l.names)
	return l, nil
}

// taken copies text that C made and frees it. NULL is empty.
func taken(s *C.char) string {
	defer C.free(unsafe.Pointer(s))
	return C.GoString(s)
}

// Version is that of the GStreamer library, "1.22.0".
func (l *Live) Version() string { return l.version }

// Source says that it is this machine.
func (l *Live) Source() string { return "GStreamer " + l.version + " (this machine)" }

// Names lists all factories, sorted.
func (l *Live) Names() []string { return l.names }

// Factory describes a factory. The first question about it loads its plugin and makes an element of it for a moment,
// which takes milliseconds; later ones are answered from memory. Debian's packages are not asked for.
func (l *Live) Factory(name string) (*catalog.Factory, bool) {
	if _, ok := slices.BinarySearch(l.names, name); !ok {
		return nil, false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if f, ok := l.known[name]; ok {
		return f, f != nil
	}
	l.known[name] = nil
	r, err := l.record(name)
	if err != nil {
		return nil, false
	}
	f, err := r.Factory()
	if err != nil {
		return nil, false
	}
	l.known[name] = f
	return f, true
}

// Licence is that of the plugin that has a factory, which need not be loaded for it; "" if there is none.
func (l *Live) Licence(name string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if words, ok := l.licences[name]; ok {
		return words
	}
	c := C.CString(name)
	defer C.free(unsafe.Pointer(c))
	l.licences[name] = taken(C.sl_licence(c))
	return l.licences[name]
}

// Records describes all factories as GStreamer gives them, tidied, for a snapshot. Factories whose plugin does not load
// are left out. It loads every plugin there is.
func (l *Live) Records() ([]*catalog.Record, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	list := make([]*catalog.Record, 0, len(l.names))
	for _, name := range l.names {
		r, err := l.record(name)
		if fault.CodeOf(err) == fault.ElementUnavailable {
			continue
		}
		if err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return list, nil
}

// record asks GStreamer. The caller holds the lock.
func (l *Live) record(name string) (*catalog.Record, error) {
	c := C.CString(name)
	defer C.free(unsafe.Pointer(c))
	text := taken(C.sl_factory(c))
	if text == "" {
		return nil, fault.New(fault.ElementUnavailable, name, "the plugin of factory %q does not load", name)
	}
	var r catalog.Record
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		return nil, fault.New(fault.Internal, name, "GStreamer's description of %q cannot be read", name).Because(err)
	}
	l.units.Tidy(&r)
	return &r, nil
}
