package doctor

import (
	"context"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"sluice/elements/codec/choice"
	"sluice/engine/element/catalog"
)

// Machine is what the checks look at. Tests put together machines with every ailment.
type Machine struct {
	Root   fs.FS                           // the file system, for proc, sys, dev and etc
	System System                          // what only system calls tell
	Env    func(name string) string        // environment variables
	CPUs   int                             // that this process may run on
	Live   func() (catalog.Catalog, error) // GStreamer on this machine
	Pure   bool                            // this build has no GStreamer in it
	Known  catalog.Catalog                 // what Debian's packages bring
	Needs  []Need                          // the elements that may be needed
	// Encoders is what was decided for each codec that several can encode; Undecodable are codecs that nothing may decode.
	Encoders    []choice.Verdict
	Undecodable []string
	// Spawn starts a worker, waits for its first word, ends it, and gives how long the first word took. It is nil in a build
	// without workers.
	Spawn func(ctx context.Context) (time.Duration, error)
}

// System is what only system calls tell.
type System interface {
	// Limit gives what this process may use of a resource; Unlimited if there is no limit.
	Limit(r Resource) (uint64, error)
	// Bind opens a port and lets it go.
	Bind(ctx context.Context, network, address string) error
	// Clock tells of the machine's clocks.
	Clock() (Clock, error)
	// Space tells of the file system that holds a folder.
	Space(folder string) (Space, error)
}

// Resource is something that the system limits for each process or user.
type Resource string

// The resources.
const (
	OpenFiles    Resource = "open files"
	Processes    Resource = "processes"
	CoreSize     Resource = "core size"     // bytes
	AddressSpace Resource = "address space" // bytes
)

// Unlimited is no limit.
const Unlimited = ^uint64(0)

// Clock is the state of the machine's clocks.
type Clock struct {
	Resolution   time.Duration // of the monotonic clock
	Synchronised bool          // the time of day is kept right by another clock
}

// Space is the state of a file system.
type Space struct {
	Total, Free uint64 // bytes
	Writable    bool   // this process may make files in the folder
}

// text reads a small file; "" if it cannot be read.
func (m *Machine) text(name string) string {
	data, err := fs.ReadFile(m.Root, name)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(data))
}

// number reads a file that holds one number; false if it does not.
func (m *Machine) number(name string) (uint64, bool) {
	n, err := strconv.ParseUint(m.text(name), 10, 64)
	return n, err == nil
}

func good(format string, args ...any) []Finding {
	return []Finding{{Level: OK, Says: fmt.Sprintf(format, args...)}}
}

func skipped(format string, args ...any) []Finding {
	return []Finding{{Level: Skip, Says: fmt.Sprintf(format, args...)}}
}

func bad(l Level, says, do string) []Finding { return []Finding{{Level: l, Says: says, Do: do}} }

// size puts bytes in words: "1.5 GB".
func size(bytes uint64) string {
	if bytes == Unlimited {
		return "unlimited"
	}
	const step = 1024
	units := []string{"B", "KB", "MB", "GB", "TB"}
	n, at := float64(bytes), 0
	for n >= step && at < len(units)-1 {
		n, at = n/step, at+1
	}
	return strings.TrimSuffix(strconv.FormatFloat(n, 'f', 1, 64), ".0") + " " + units[at]
}

// amount puts a number in words.
func amount(n uint64) string {
	if n == Unlimited {
		return "unlimited"
	}
	return strconv.FormatUint(n, 10)
}
