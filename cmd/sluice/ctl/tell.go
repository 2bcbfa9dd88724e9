package ctl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"sluice/api/rest/client"
	"sluice/api/rest/problem"
	"sluice/api/rest/wire"
	"sluice/cmd/sluice/ctl/dial"
	"sluice/cmd/sluice/ctl/show"
	"sluice/engine/fault"
)

// Tell says on errs what went wrong with a use of the API, and gives the error that stands for the exit code: nil, one of this package's,
// or one about which nothing was said.
func Tell(errs io.Writer, err error) error { return (&ctl{Options: Options{Err: errs}}).tell(err) }

// tell says what went wrong, and gives the error that stands for the exit code.
func (c *ctl) tell(err error) error {
	if several, ok := err.(interface{ Unwrap() []error }); ok { // of a wrapped one the wrapping is worth telling
		var out error
		for _, one := range several.Unwrap() {
			out = worse(out, c.tell(one))
		}
		return out
	}
	if usage, ok := errors.AsType[Usage](err); ok {
		return usage
	}
	if unreached, ok := errors.AsType[*client.Unreached](err); ok {
		c.unreached(unreached)
		return ErrUnreached
	}
	if refusal, ok := errors.AsType[*problem.Refusal](err); ok {
		c.refused(refusal)
		return ErrRefused
	}
	if e, ok := errors.AsType[*ended](err); ok {
		c.fault(e.Fault)
		return ErrRefused
	}
	f, ok := errors.AsType[*fault.Fault](err)
	switch {
	case !ok && errors.Is(err, context.Canceled):
		return ErrInterrupted
	case !ok:
		return err
	case f.Code == fault.InvalidRequest:
		return Usage{err}
	}
	c.fault(f)
	if f.Code == fault.ResourceNotFound { // a file
		return ErrUnreached
	}
	return ErrRefused
}

// worse is the one of two errors that says more.
func worse(a, b error) error {
	if a == nil || errors.Is(b, ErrUnreached) {
		return b
	}
	return a
}

// fault prints a fault: its code, what it is, where, and what to do.
func (c *ctl) fault(f *fault.Fault) {
	fmt.Fprintf(c.Err, "sluice: %s: %s\n", f.Code, show.Safe(f.Msg))
	if f.Place != "" {
		fmt.Fprintf(c.Err, "  at %s\n", show.Safe(f.Place))
	}
	if f.Cause != nil {
		fmt.Fprintf(c.Err, "  because: %s\n", show.Safe(f.Cause.Error()))
	}
	if f.Hint != "" {
		fmt.Fprintf(c.Err, "  %s\n", show.Safe(f.Hint))
	}
}

// withoutPlace is the text of a pipeline's fault without its place before it, which is told apart.
func withoutPlace(f *wire.Fault) string {
	if f.Place == "" {
		return f.Text
	}
	return strings.TrimPrefix(f.Text, f.Place+": ")
}

// unreached prints that no server answered, and which flag to set.
func (c *ctl) unreached(u *client.Unreached) {
	c.fault(u.Fault)
	fmt.Fprintf(c.Err, "  another server: --server, or %s in the environment\n", dial.EnvServer)
}

// refused prints what a server refused, with all that is wrong with it.
func (c *ctl) refused(r *problem.Refusal) {
	c.fault(r.Fault)
	for _, d := range r.Errors {
		if d.Detail == r.Msg && d.Hint == r.Hint && len(r.Errors) == 1 {
			d.Detail, d.Hint = "this", ""
		}
		fmt.Fprintf(c.Err, "  %s%s\n", show.Safe(whereOf(d)), show.Safe(d.Detail))
		if d.Hint != "" {
			fmt.Fprintf(c.Err, "    %s\n", show.Safe(d.Hint))
		}
	}
	if r.Status == statusUnauthorized || r.Code == fault.Unauthorized {
		fmt.Fprintf(c.Err, "  credentials: --token-file, %s, or --user\n", dial.EnvToken)
	}
}

const statusUnauthorized = 401

// whereOf says where a detail is, in the words of the command line.
func whereOf(d problem.Detail) string {
	switch {
	case d.File != "":
		return fmt.Sprintf("%s:%d:%d: %s[%s]: ", d.File, d.Line, d.Column, d.Severity, d.Code)
	case strings.HasPrefix(d.Pointer, "/params/"):
		return "-p " + strings.TrimPrefix(d.Pointer, "/params/") + ": "
	case d.Pointer != "":
		return strings.TrimPrefix(d.Pointer, "/") + ": "
	case d.Parameter != "":
		return d.Parameter + ": "
	}
	return ""
}
