package ctl

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"sluice/api/rest/client"
	"sluice/api/rest/wire"
	"sluice/engine/fault"
)

func (c *ctl) setCmd() *cobra.Command {
	cmd := c.leaf("set ID NODE NAME=VALUE…", "Change fields of a node while media flows: all of them, or none", cobra.MinimumNArgs(3),
		func(ctx context.Context, args []string) error {
			fields, err := values(args[2:])
			if err != nil {
				return err
			}
			p, err := c.api.Set(ctx, args[0], args[1], fields)
			if err != nil || !c.forPrograms() {
				return err
			}
			return c.give(p, nil)
		})
	cmd.Example = "  sluice ctl pipelines set mix sound volume=0.5"
	cmd.ValidArgsFunction = c.offer(pipelineNames, nodeNames(func(n wire.Node) bool { return len(n.Live) > 0 }), c.fieldNames)
	return cmd
}

// fieldNames offers the fields of a node that can be set.
func (c *ctl) fieldNames(ctx context.Context, api *client.Client, args []string) ([]string, error) {
	return ofNode(ctx, api, args, func(n wire.Node) []string {
		out := make([]string, 0, len(n.Live))
		for _, name := range n.Live {
			out = append(out, name+"=")
		}
		return out
	})
}

// ofNode gives something of the node that arguments name.
func ofNode(ctx context.Context, api *client.Client, args []string, what func(wire.Node) []string) ([]string, error) {
	p, err := api.Pipeline(ctx, args[0])
	if err != nil {
		return nil, err
	}
	for _, n := range p.Nodes {
		if n.Name == args[1] {
			return what(n), nil
		}
	}
	return nil, nil
}

func (c *ctl) doCmd() *cobra.Command {
	var file string
	cmd := c.leaf("do ID NODE ACTION [NAME=VALUE…]", "Have a node do something", cobra.MinimumNArgs(3), nil)
	cmd.RunE = c.run(func(ctx context.Context, args []string) error {
		given, err := values(args[3:])
		if err != nil {
			return err
		}
		done, err := c.api.Do(ctx, args[0], args[1], args[2], given)
		if err != nil {
			return err
		}
		return c.done(done, file)
	})
	cmd.Example = `  sluice ctl pipelines do mix out key_frame
  sluice ctl pipelines do snap out take -o now.png`
	cmd.ValidArgsFunction = c.offer(pipelineNames, nodeNames(func(n wire.Node) bool { return len(n.Actions) > 0 }),
		func(ctx context.Context, api *client.Client, args []string) ([]string, error) {
			return ofNode(ctx, api, args, func(n wire.Node) []string { return n.Actions })
		})
	cmd.Flags().StringVarP(&file, "output", "o", "", "write what it gives into this file")
	return cmd
}

// done prints what an action gave, or writes it into a file.
func (c *ctl) done(d client.Done, file string) error {
	const private = 0o600
	switch {
	case file != "":
		if err := os.WriteFile(file, d.Data, private); err != nil {
			return fault.New(fault.ResourceNotFound, file, "the file cannot be written").Because(errors.Unwrap(err))
		}
		c.say("%s: %s, %d bytes", file, d.Type, len(d.Data))
		return nil
	case d.Type != "application/json" && c.Style(c.Out).Terminal:
		return Usage{fmt.Errorf("it gave %s, which is nothing for a terminal: name a file with --output", d.Type)}
	case d.Type == "application/json" && string(d.Data) == "null" && !c.forPrograms():
		return nil
	}
	_, err := c.Out.Write(append(d.Data, end(d)...))
	return err
}

// end is what ends the output: a line of text.
func end(d client.Done) string {
	if d.Type == "application/json" {
		return "\n"
	}
	return ""
}

func (c *ctl) addCmd() *cobra.Command {
	var params []string
	cmd := c.leaf("add ID NODE KEY", "Add an instance of a node that has one for each key", cobra.ExactArgs(3),
		func(ctx context.Context, args []string) error {
			given, err := values(params)
			if err != nil {
				return err
			}
			p, err := c.api.AddKey(ctx, args[0], args[1], args[2], given)
			if err != nil || !c.forPrograms() {
				return err
			}
			return c.give(p, nil)
		})
	cmd.Example = "  sluice ctl pipelines add lobby seat alice -p stream=live/alice"
	cmd.ValidArgsFunction = c.offer(pipelineNames)
	cmd.Flags().StringArrayVarP(&params, "param", "p", nil, "a parameter of its fragment: name=value")
	return cmd
}

func (c *ctl) removeCmd() *cobra.Command {
	cmd := c.leaf("remove ID NODE KEY", "Take out an instance of a node; its media ends properly", cobra.ExactArgs(3),
		func(ctx context.Context, args []string) error { return c.api.RemoveKey(ctx, args[0], args[1], args[2]) })
	cmd.ValidArgsFunction = c.offer(pipelineNames)
	return cmd
}

func (c *ctl) endPipelinesCmd() *cobra.Command {
	var drain time.Duration
	var wait bool
	cmd := c.leaf("end ID…", "End pipelines properly: media arrives, files are whole", cobra.MinimumNArgs(1), nil)
	cmd.RunE = c.run(func(ctx context.Context, args []string) error {
		limit := drain
		if !cmd.Flags().Changed("drain") {
			limit = -1
		} else if drain < 0 {
			return Usage{fmt.Errorf("--drain wants a time, this is %s", drain)}
		}
		return each(args, func(id string) error {
			if !wait {
				return c.api.EndPipeline(ctx, id, limit)
			}
			return c.gone(ctx, id, limit)
		})
	})
	cmd.ValidArgsFunction = func(cmd *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
		return c.offer(pipelineNames)(cmd, nil, begun)
	}
	cmd.Flags().DurationVar(&drain, "drain", 0, "how long it may take; 0s ends it at once (default: what its graph says)")
	cmd.Flags().BoolVar(&wait, "wait", false, "wait until it is gone")
	return cmd
}

// gone ends a pipeline, and waits until it is no more.
func (c *ctl) gone(ctx context.Context, id string, drain time.Duration) error {
	ending := false
	_, err := c.api.Settled(ctx, func(ctx context.Context) (string, error) {
		err := c.api.EndPipeline(ctx, id, drain)
		ending = err == nil
		return id, err
	}, client.Over, c.progress)
	c.clear()
	if ending && errors.Is(err, fault.ResourceNotFound) {
		return nil
	}
	return err
}
