package main

import (
	"fmt"
	"strings"

	"sluice/elements/codec"
	"sluice/elements/codec/choice"
	"sluice/engine/element"
	"sluice/engine/element/catalog"
	"sluice/engine/fault"
	"sluice/engine/gst/g729"
	"sluice/engine/gst/registry"
	"sluice/engine/lint"
	"sluice/engine/media"
	snapshot "sluice/testdata/registry"
)

// elements gives the registry of all elements: sluice's own, and GStreamer's from where --registry says.
func (a *app) elements() (*element.Registry, error) {
	if a.known != nil {
		return a.known, nil
	}
	cat, err := a.catalog()
	if err != nil {
		return nil, err
	}
	set, err := a.media.settings()
	if err != nil {
		return nil, err
	}
	own, triggers := components()
	reg, err := element.NewRegistry(cat, own, triggers)
	if err != nil {
		return nil, err
	}
	a.choice = choice.New(cat, set, a.trials)
	a.known = reg.Choosing(a.choice)
	return a.known, nil
}

// shun keeps decodebin from taking what may not be used. Not in tests: what judges them may use everything there is.
func (a *app) shun() error { return registry.Shun(a.choice.Shunned()) }

// catalog opens what is known of GStreamer: this machine's registry if this build can read it, else the snapshot.
func (a *app) catalog() (catalog.Catalog, error) {
	open := a.live
	if open == nil {
		open = registry.Open
	}
	switch a.registry {
	case "snapshot":
		return snapshot.Snapshot()
	case "live":
		return open()
	case "auto":
		if live, err := open(); err == nil {
			return live, nil
		}
		return snapshot.Snapshot()
	}
	return nil, usageError{fmt.Errorf("--registry is %s, not %q", strings.Join(registries(), ", "), a.registry)}
}

// lacks lists what this machine would have if a package were installed: what of sluice's own elements needs a library. The
// snapshot stands for a machine that has everything.
func (a *app) lacks() []lint.Lack {
	if a.registry == "snapshot" || fault.CodeOf(g729.Register()) != fault.ElementUnavailable {
		return nil
	}
	return []lint.Lack{{Element: codec.G729Encoder, Makes: media.G729, Package: codec.G729{}.Spec().Package}}
}

func registries() []string { return []string{"auto", "live", "snapshot"} }
