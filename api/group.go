package api

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"
)

// Group is several doors that open and close together. Its methods are called as those of a Door.
type Group struct{ doors []Door }

// NewGroup makes a group. The doors that others stand on come first: they open first and close last.
func NewGroup(doors ...Door) *Group { return &Group{doors: slices.Clone(doors)} }

// Listen binds all doors, one after the other. If some cannot be bound, the others are closed, and the error says what is wrong
// with each, so that one look at it mends all.
func (g *Group) Listen(ctx context.Context) error {
	var wrong []error
	for _, d := range g.doors {
		if err := d.Listen(ctx); err != nil {
			wrong = append(wrong, err)
		}
	}
	if len(wrong) == 0 {
		return nil
	}
	cut, cancel := context.WithCancel(context.WithoutCancel(ctx))
	cancel() // nobody is inside
	for _, d := range slices.Backward(g.doors) {
		_ = d.Close(cut) // the binding failed: that is worth telling
	}
	return errors.Join(wrong...)
}

// Serve serves with all doors and returns when none serves any more: after Close, when ctx is done, or when one of them
// failed, which cuts off the others. The error is that of the first door that failed.
func (g *Group) Serve(ctx context.Context) error {
	all, ctx := errgroup.WithContext(ctx)
	for _, d := range g.doors {
		all.Go(func() error {
			if err := d.Serve(ctx); err != nil {
				return fmt.Errorf("%s: %w", d.Name(), err)
			}
			return nil
		})
	}
	return all.Wait()
}

// Close closes all doors in reverse order, each when the one before it is closed. ctx is the deadline of all of them together:
// the later ones cut off their clients at once when it is over.
func (g *Group) Close(ctx context.Context) error {
	var wrong []error
	for _, d := range slices.Backward(g.doors) {
		if err := d.Close(ctx); err != nil {
			wrong = append(wrong, fmt.Errorf("%s: %w", d.Name(), err))
		}
	}
	return errors.Join(wrong...)
}
