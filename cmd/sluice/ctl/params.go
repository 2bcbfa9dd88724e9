package ctl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sluice/api/rest/client"
	"sluice/api/rest/wire"
	"sluice/engine/fault"
)

// values reads name=value. The server knows the types.
func values(list []string) (wire.Values, error) {
	out := wire.Values{}
	for _, text := range list {
		name, value, ok := strings.Cut(text, "=")
		switch _, twice := out[name]; {
		case !ok || name == "":
			return nil, Usage{fmt.Errorf("it wants name=value, this is %q", text)}
		case twice:
			return nil, Usage{fmt.Errorf("%q is given twice", name)}
		}
		out[name] = value
	}
	return out, nil
}

// text reads a file, or standard input if it is called "-".
func (c *ctl) text(file string) ([]byte, error) {
	const most = 1<<20 + 1 // the server says what is too much
	in := c.In
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return nil, fault.New(fault.ResourceNotFound, file, "the file cannot be read").Because(errors.Unwrap(err))
		}
		defer f.Close()
		in = f
	}
	data, err := io.ReadAll(io.LimitReader(in, most))
	if err != nil {
		return nil, fault.New(fault.ResourceNotFound, file, "the file cannot be read").Because(err)
	}
	return data, nil
}

// completing is how long the shell waits for names.
const completing = 10 * time.Second

// offer completes the argument of a position with names from the server. For other positions there is nothing to offer.
func (c *ctl) offer(by ...func(ctx context.Context, api *client.Client, args []string) ([]string, error)) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		at := len(args)
		if at >= len(by) || by[at] == nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		ctx, cancel := context.WithTimeout(cmd.Context(), completing)
		defer cancel()
		api, err := c.dial.Client(c.Agent, io.Discard)
		if err != nil {
			return nil, cobra.ShellCompDirectiveError
		}
		defer api.Close()
		names, err := by[at](ctx, api, args)
		if err != nil {
			return nil, cobra.ShellCompDirectiveError
		}
		return names, cobra.ShellCompDirectiveNoFileComp
	}
}

// named gives the names of a list.
func named[T any](name func(T) string, list func(ctx context.Context, api *client.Client, p client.Paging) (wire.Page[T], error)) func(
	context.Context, *client.Client, []string) ([]string, error) {
	return func(ctx context.Context, api *client.Client, _ []string) ([]string, error) {
		all, err := client.All(ctx, func(ctx context.Context, p client.Paging) (wire.Page[T], error) { return list(ctx, api, p) })
		if err != nil {
			return nil, err
		}
		out := make([]string, 0, len(all))
		for _, one := range all {
			out = append(out, name(one))
		}
		return out, nil
	}
}
