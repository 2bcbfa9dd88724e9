package after

import "sluice/engine/element"

// WatchBy has uploads watched by another clock than the machine's. It is called before Run.
func (w *Work) WatchBy(c element.Clock) { w.after = c.After }
