// Package stream holds the two elements by which graphs meet in the hub, stream.in and stream.out, and the events that
// the hub raises when a player asks for what is not there. The hub itself is engine/hub.
package stream

import (
	"sluice/engine/element"
	"sluice/engine/value"
)

// Elements lists what this package describes.
func Elements() []element.Declared { return []element.Declared{In{}, Out{}} }

func name(about string) element.Field {
	return element.Setting("name", value.String).Must().Says(about)
}
