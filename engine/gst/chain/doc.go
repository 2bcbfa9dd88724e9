// Package chain converts sound for calls without a thread (D10): an access unit is pushed into a row of GStreamer elements,
// and what the row makes of it comes out within the call. That costs about half of what a pipeline with its threads does,
// as there is nobody to be woken.
//
// A Chain is the row itself; a Leg runs the one pipeline of a plan that is marked Chain between two run.Ports, and is what
// a Runtime uses. Which elements may be in a chain the compiler decides (plan.ThreadFree). The package has no clock, no
// queue and no branches, and no way to look at what passes between two elements: what needs these is a pipeline.
package chain
