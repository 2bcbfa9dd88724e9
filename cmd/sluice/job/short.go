package job

import (
	"fmt"
	"strings"
	"time"

	"sluice/engine/run"
)

// What a source may fall short of its length without a word: containers round it, and tracks differ a little.
const (
	slackShare = 0.02
	slackTime  = 500 * time.Millisecond
)

// short says that less came than the sources said they hold, as of a file that was cut off; "" if nothing is wrong. Demuxers
// take the end of a file for that of its media, and only what the file says of its own length tells.
func short(sources []file, report run.Report) string {
	missing := report.Length - report.Position
	if report.Position <= 0 || missing <= slackTime || float64(missing) <= slackShare*float64(report.Length) {
		return ""
	}
	var names []string
	for _, f := range sources {
		names = append(names, fmt.Sprintf("%q (%s)", f.Node, f.Name()))
	}
	who := "the sources"
	if len(names) > 0 {
		who = strings.Join(names, ", ")
	}
	return fmt.Sprintf("only %.2fs of %.2fs came from %s: a file may be cut off or damaged there",
		report.Position.Seconds(), report.Length.Seconds(), who)
}
