// Package trials holds tests only: plans are played by GStreamer in worker processes, as a server does it, and everything is
// done to them that may happen. Elements crash, hang, flood and leak; media is cut and bent; files are missing and disks
// full; processes are killed. What is tested is always the same: whoever asked is told what went wrong, where, and what to
// do, in good time, and nobody else notices. It needs GStreamer, and nothing imports it.
//
// The test binary is its own worker: started with the variable SLUICE_TRIALS_WORKER it serves engine/gst over its socket.
package trials
