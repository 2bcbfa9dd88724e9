// Package doctor looks at the machine and says for each thing that is wrong what to do about it: GStreamer and its elements,
// limits, memory, ports, clock, network buffers, GPU, and how fast a worker starts. It changes nothing, and it runs no media.
package doctor

import "context"

// Level says how bad a finding is.
type Level string

// The levels. Only Fail makes the command fail.
const (
	OK   Level = "ok"
	Skip Level = "skip" // it could not be looked at, or does not count here
	Warn Level = "warn" // something works worse, or not with everything
	Fail Level = "fail" // something that sluice needs is missing
)

// Finding is what a check says. Says and Do are one sentence each.
type Finding struct {
	Check string `json:"check"`
	Level Level  `json:"level"`
	Says  string `json:"says"`
	Do    string `json:"do,omitempty"` // the remedy; of Warn and Fail
}

// Check looks at one thing. It gives at least one finding; the name is filled in by Run.
type Check struct {
	Name  string
	About string
	Run   func(ctx context.Context, m *Machine) []Finding
}

// Checks is the whole list, in the order in which they are run and shown.
func Checks() []Check {
	return []Check{
		{"gstreamer", "GStreamer is part of this build, starts, and is new enough", gstreamer},
		{"elements", "every element that a shipped graph or an element of sluice's can need", elements},
		{"encoders", "which element encodes what several can, and why no better one", encoders},
		{"g729", "libbcg729, which encodes G.729", g729},
		{"cache", "where GStreamer keeps what it knows of its plugins", cache},
		{"worker", "how fast a worker process starts", worker},
		{"files", "open files", files},
		{"processes", "processes and threads", processes},
		{"core", "memory images of crashed processes", core},
		{"memory", "memory of the machine and of its control group", memory},
		{"cpu", "processors of the machine and of its control group", cpu},
		{"shm", "shared memory", shared},
		{"ports", "the ports that serve opens unless it is told otherwise", ports},
		{"clock", "the monotonic clock, and whether the time of day is kept right", clock},
		{"buffers", "socket buffers for RTP over UDP", buffers},
		{"gpu", "encoders and decoders on a graphics processor", gpu},
	}
}

// Run makes all checks, one after the other.
func Run(ctx context.Context, m *Machine) []Finding {
	var out []Finding
	for _, c := range Checks() {
		for _, f := range c.Run(ctx, m) {
			f.Check = c.Name
			out = append(out, f)
		}
	}
	return out
}

// Failed tells whether anything is missing that sluice needs.
func Failed(list []Finding) bool { return count(list, Fail) > 0 }

func count(list []Finding, l Level) int {
	n := 0
	for _, f := range list {
		if f.Level == l {
			n++
		}
	}
	return n
}
