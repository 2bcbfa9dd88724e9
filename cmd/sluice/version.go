package main

import (
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// release is set when building: -ldflags "-X main.release=v1.2.3".
var release = "devel" //nolint:gochecknoglobals // the linker writes it, nothing else does

func (a *app) versionCmd() *cobra.Command {
	c := &cobra.Command{
		Use:     "version",
		Short:   "Print the version, whether GStreamer is in this build, and what is known of it",
		Example: "  sluice version --json",
		Args:    args(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			reg, err := a.elements()
			if err != nil {
				return err
			}
			v := struct {
				Version   string `json:"version"`
				Commit    string `json:"commit,omitempty"`
				Go        string `json:"go"`
				Platform  string `json:"platform"`
				GStreamer bool   `json:"gstreamer"` // it is part of this build
				Registry  string `json:"registry"`
			}{release, commit(), runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH, hasGst, reg.Source()}
			if a.json {
				return json.NewEncoder(a.out).Encode(v)
			}
			_, err = fmt.Fprintf(a.out, "sluice %s\n%s %s\n%s\nGStreamer elements as in: %s\n", v.Version, v.Go, v.Platform, built(), v.Registry)
			return err
		},
	}
	a.wantsJSON(c)
	return c
}

// built says in words whether this build can run graphs.
func built() string {
	if hasGst {
		return "with GStreamer"
	}
	return "without GStreamer: graphs that code can be linted and planned, and not run"
}

func commit() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value
		}
	}
	return ""
}
