package main

import (
	"encoding/json"

	"github.com/spf13/cobra"

	"sluice/api/records"
	"sluice/api/records/shelf"
)

// togetherCmd tells the graph jobs/combine when recordings began.
func (a *app) togetherCmd() *cobra.Command {
	var width, height int
	c := &cobra.Command{
		Use:   "together FILE…",
		Short: "Say when recordings began, for the graph that makes one film of them",
		Long: `together prints what the parameter "recordings" of the graph jobs/combine takes: of each file, how long after the first one
it was begun, from what the server has kept beside it (FILE.json), and a place in a grid. What is in the files is not read.

Change the JSON to have them elsewhere in the picture. A file that no server has recorded has no FILE.json: write the JSON by
hand then, with "at" in nanoseconds.`,
		Example: `  sluice together records/host.mp4 records/guest.webm
  sluice run jobs/combine -p target=meeting.mp4 -p recordings="$(sluice together records/*.mp4)"`,
		Args: args(cobra.MinimumNArgs(1)),
		RunE: func(_ *cobra.Command, files []string) error {
			list := make([]shelf.Recording, len(files))
			for i, file := range files {
				var err error
				if list[i], err = shelf.Beside(file); err != nil {
					return err
				}
				list[i].Name = file
			}
			return json.NewEncoder(a.out).Encode(records.Together(list, width, height))
		},
	}
	const usualWidth, usualHeight = 1280, 720 // of the graph
	c.Flags().IntVar(&width, "width", usualWidth, "width of the whole; give the graph the same")
	c.Flags().IntVar(&height, "height", usualHeight, "height of the whole")
	return c
}
