package codec

import "sluice/engine/element"

// Result is the appsink through which finished pieces, a picture or a run of transport stream packets, leave a worker as
// results (D3). It keeps the given number of buffers and drops older ones. It waits for no clock, and for no first buffer:
// a branch that starts late must not hold up the pipeline. Nor does the end of the stream wait until all of them are
// fetched, as it does by default: an unread picture would keep the pipeline from ever ending (measured).
func Result(keep int) Step {
	return Step{Name: "result", Factory: "appsink", Props: []element.Prop{
		element.Set("sync", false), element.Set("async", false), element.Set("emit-signals", false),
		element.Set("max-buffers", int64(keep)), element.Set("drop", true), element.Set("wait-on-eos", false),
	}}
}
