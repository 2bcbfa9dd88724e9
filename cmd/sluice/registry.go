package main

import (
	"fmt"
	"strings"

	"sluice/engine/element"
	"sluice/engine/element/catalog"
	"sluice/engine/gst/registry"
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
	own, triggers := components()
	a.known, err = element.NewRegistry(cat, own, triggers)
	return a.known, err
}

// catalog opens what is known of GStreamer: this machine's registry if this build can read it, else the snapshot.
func (a *app) catalog() (catalog.Catalog, error) {
	switch a.registry {
	case "snapshot":
		return snapshot.Snapshot()
	case "live":
		return registry.Open()
	case "auto":
		if live, err := registry.Open(); err == nil {
			return live, nil
		}
		return snapshot.Snapshot()
	}
	return nil, usageError{fmt.Errorf("--registry is %s, not %q", strings.Join(registries(), ", "), a.registry)}
}

func registries() []string { return []string{"auto", "live", "snapshot"} }
