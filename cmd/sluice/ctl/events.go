package ctl

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sluice/api/rest/client"
	"sluice/api/rest/feed"
	"sluice/api/rest/wire"
	"sluice/cmd/sluice/ctl/show"
	"sluice/engine/event"
)

func (c *ctl) eventsCmd() *cobra.Command {
	var f client.Follow
	var count int
	cmd := c.leaf("events", "Follow what happens, until Ctrl-C", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return c.follow(ctx, f, count)
	})
	cmd.Long = `events prints what happens as it does: time, name, path, what it is about, and the event's id. When the connection breaks
it is made anew, and what happened meanwhile is told, as far as the server remembers it: else feed.reset comes first, and feed.lost
says how many are missing. With --json every line is one event.`
	cmd.Example = `  sluice ctl events --filter 'stream.*' --filter instance.changed
  sluice ctl events --pipeline bars
  sluice ctl events --since k3x9q2-117 --json`
	cmd.Flags().StringArrayVar(&f.Names, "filter", nil, "only events of this name; stream.* are all that begin so")
	cmd.Flags().StringVar(&f.Since, "since", "", "begin with what came after the event of this id")
	cmd.Flags().StringVar(&f.Pipeline, "pipeline", "", "only what happens to this pipeline")
	cmd.Flags().IntVarP(&count, "count", "n", 0, "end after so many events")
	_ = cmd.RegisterFlagCompletionFunc("pipeline", c.offering(pipelineNames))
	_ = cmd.RegisterFlagCompletionFunc("filter", cobra.FixedCompletions([]string{
		"stream.*", "instance.*", "reader.*", event.InstanceChanged, event.BranchChanged, event.NodeSaid, event.StreamPublished,
		event.StreamChanged, event.StreamEnded, event.StreamMuted, event.StreamData, event.ReaderJoined, event.ReaderLeft,
	}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

// errEnough ends the following after as many events as were wanted.
var errEnough = errors.New("enough")

// follow prints events. Ctrl-C is how it usually ends, and no failure.
func (c *ctl) follow(ctx context.Context, f client.Follow, count int) error {
	f.Broken = func(err error) {
		fmt.Fprintf(c.Err, "sluice: the connection was lost and is made anew: %s\n", show.Safe(err.Error()))
	}
	seen := 0
	err := c.api.Events(ctx, f, func(e wire.Event) error {
		if err := c.event(e); err != nil {
			return err
		}
		if seen++; seen == count {
			return errEnough
		}
		return nil
	})
	if errors.Is(err, errEnough) || errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// event prints one.
func (c *ctl) event(e wire.Event) error {
	switch {
	case c.json:
		return json.NewEncoder(c.Out).Encode(e)
	case c.yaml:
		if _, err := fmt.Fprintln(c.Out, "---"); err != nil {
			return err
		}
		return show.YAML(c.Out, e)
	}
	s := c.Style(c.Out)
	at := e.Time.Local().Format("15:04:05.000")
	switch {
	case e.Time.IsZero():
		at = "-"
	case !s.Terminal:
		at = e.Time.UTC().Format(time.RFC3339Nano)
	}
	cells := []string{at, e.Name, show.Or(e.Path), EventText(e), e.ID}
	if !s.Terminal {
		t := &show.Table{}
		t.Add(cells...)
		return t.Write(c.Out, s)
	}
	path := show.Safe(show.Or(e.Path))
	_, err := fmt.Fprintf(c.Out, "%s  %-17s %s  %s  %s\n", at, show.Safe(e.Name), path, show.Safe(cells[3]), show.Safe(e.ID))
	return err
}

// EventText says what an event is about, in a few words.
func EventText(e wire.Event) string {
	body, _ := e.Body.(map[string]any) // what is something else is not told
	text := func(name string) string {
		if v, ok := body[name]; ok && v != nil {
			return fmt.Sprint(v)
		}
		return ""
	}
	cause := ""
	if m, ok := body["cause"].(map[string]any); ok {
		cause = fmt.Sprintf(": %v: %v", m["code"], m["text"])
	}
	switch e.Name {
	case event.InstanceChanged:
		return fmt.Sprintf("%s#%s %s -> %s%s", text("graph"), text("id"), text("from"), text("to"), cause)
	case event.BranchChanged:
		return fmt.Sprintf("%s#%s branch %s %s%s", text("graph"), text("id"), text("branch"), text("state"), cause)
	case event.ReaderJoined:
		return "reader " + text("reader") + " of " + text("stream")
	case event.ReaderLeft:
		return fmt.Sprintf("reader %s of %s after %s units, %s lost%s", text("reader"), text("stream"), text("units"), text("drops"), cause)
	case feed.Reset:
		return "not all that happened is known any more"
	case feed.Lost:
		return text("count") + " events are missing"
	}
	return strings.Join(append(pairs(e.Vars), pairs(body)...), " ")
}

// pairs writes what is plain in a map as name=value.
func pairs(m map[string]any) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(m)) {
		switch v := m[name].(type) {
		case map[string]any, []any, nil:
		default:
			out = append(out, fmt.Sprintf("%s=%v", name, v))
		}
	}
	return out
}
