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
		Short:   "Print the version, and what is known of GStreamer",
		Example: "  sluice version --json",
		Args:    args(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			reg, err := a.elements()
			if err != nil {
				return err
			}
			v := struct {
				Version  string `json:"version"`
				Commit   string `json:"commit,omitempty"`
				Go       string `json:"go"`
				Platform string `json:"platform"`
				Registry string `json:"registry"`
			}{release, commit(), runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH, reg.Source()}
			if a.json {
				return json.NewEncoder(a.out).Encode(v)
			}
			_, err = fmt.Fprintf(a.out, "sluice %s\n%s %s\nGStreamer elements as in: %s\n", v.Version, v.Go, v.Platform, v.Registry)
			return err
		},
	}
	a.wantsJSON(c)
	return c
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
