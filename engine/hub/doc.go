// Package hub is where protocols meet. It knows names, tracks, packets and units: who publishes under a name, who reads
// it, which track suits whom, and whom to ask when nobody publishes or nothing suits. The hub knows neither graphs nor
// GStreamer nor sockets, and codes nothing itself. Below it, package fanout does the moving, look finds what there is to
// know of what is written, forms makes packets of units and units of packets, and flight and herald do the calling.
//
// One lock guards all that comes and goes; media never takes it. Sources and those who are notified are called without
// it, from one goroutine, in the order in which things happened; sinks from their writer loops.
package hub
